package import Microsoft365

/// Tries the credentials in a tenant, and compares what it granted with what the jobs need.
package enum PermissionDoctor {
    /// Asks for a token of each resource and reads the roles in them; changes nothing.
    package static func examine(_ client: Microsoft365) async -> [DoctorFinding] {
        let graph: AccessToken
        do {
            graph = try await client.login.token(for: .graph)
        } catch {
            return [DoctorFinding("credentials", .bad, "\(error)", mend: error.advice)]
        }
        var findings = [DoctorFinding("credentials", .good, "Microsoft takes them in this tenant.")]
        var granted: [Resource: Set<String>] = [.graph: graph.roles]
        do {
            granted[.exchange] = try await client.login.token(for: .exchange).roles
        } catch {
            findings.append(DoctorFinding("exchange token", .bad, "\(error)", mend: error.advice))
        }
        return findings + self.findings(PermissionReview(granted: granted))
    }

    /// A finding for each permission of the product; pure.
    package static func findings(_ review: PermissionReview) -> [DoctorFinding] {
        let lines = review.lines.map { line in
            let subject = "permission \(line.permission.value)"
            guard !line.isGranted else { return DoctorFinding(subject, .good, "Granted.") }
            guard !line.blockedJobs.isEmpty else { return DoctorFinding(subject, .good, "Not granted, and no job needs it.") }
            guard line.permission.roleID != WellKnown.manageAsAppRoleID else {
                return DoctorFinding(
                    subject, .warning, "Not granted yet; connect-tenant gives it to itself.", mend: "Run connect-tenant.")
            }
            return DoctorFinding(
                subject, .bad, "Missing; these jobs cannot run: \(line.blockedJobs.joined(separator: ", ")).",
                mend: "Have an administrator consent again (`sluice consent-url`).")
        }
        let surplus = review.unexpected.map { role in
            DoctorFinding(
                "permission \(role)", .warning, "Granted, and no job needs it.",
                mend: "Remove it from the app registration.")
        }
        return lines + surplus
    }
}
