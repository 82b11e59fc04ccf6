import Foundation

/// The SMTP server that takes the mail: the host's own, or a relay.
package struct SMTPServer: Sendable, Equatable {
    /// How the connection is protected.
    package enum Protection: String, Sendable, CaseIterable {
        /// Not at all.
        case off
        /// By STARTTLS (RFC 3207), without which no mail is sent.
        case startTLS = "starttls"
        /// From its first byte (RFC 8314).
        case tls
    }

    /// Who we are to the server (RFC 4954).
    package struct Login: Sendable, Equatable {
        let user: String
        /// Holds the password in its first line; read for each mail, so that a new password needs no restart.
        let passwordFile: String
    }

    /// A host name or an address.
    let host: String
    /// Its port.
    let port: Int
    /// How the connection is protected.
    let protection: Protection
    /// Who we are; nil for nobody.
    let login: Login?
    /// The authorities to trust for its certificate (PEM); nil for the system's.
    let caFile: String?

    /// Checks the parts.
    ///
    /// Without `protection` a loopback address gets none, as a certificate proves nothing there, and any other STARTTLS. A
    /// password goes to another host by TLS alone.
    package init(
        host: String,
        port: Int,
        protection: Protection?,
        user: String?,
        passwordFile: String?,
        caFile: String?
    ) throws(NotifierError) {
        guard Self.isHost(host) else {
            throw NotifierError(
                .setting,
                "notifier.smtp-host: \(host.prefix(100)) is not a host name or an address. Write it without brackets and port."
            )
        }
        self.host = host
        self.port = port
        self.protection = protection ?? (Self.isLoopback(host) ? .off : .startTLS)
        self.login = try Self.login(user, passwordFile)
        self.caFile = caFile
        if let caFile, !FileManager.default.isReadableFile(atPath: caFile) {
            throw NotifierError(
                .setting,
                "notifier.smtp-ca-file: \(caFile) cannot be read. Check its path and rights."
            )
        }
        if self.login != nil, self.protection == .off, !Self.isLoopback(host) {
            throw NotifierError(
                .setting,
                "notifier.smtp-tls: the password would cross the network in the clear. Set it to starttls or tls."
            )
        }
    }

    /// For people: `relay.example, port 587, with STARTTLS`.
    package var words: String {
        let protection =
            switch self.protection {
            case .off: "without TLS"
            case .startTLS: "with STARTTLS"
            case .tls: "with TLS"
            }
        return "\(self.host), port \(self.port), \(protection)"
    }

    private static func login(_ user: String?, _ file: String?) throws(NotifierError) -> Login? {
        if user == nil, file == nil { return nil }
        guard let user, let file else {
            let missing = user == nil ? "notifier.smtp-user" : "notifier.smtp-password-file"
            throw NotifierError(
                .setting,
                "\(missing): not set. A login needs a user and a password file; set both or none."
            )
        }
        guard MailHeader.oneLine(user) == user else {
            throw NotifierError(.setting, "notifier.smtp-user: not one line without control characters. Correct it.")
        }
        guard let content = FileManager.default.contents(atPath: file) else {
            throw NotifierError(
                .setting,
                "notifier.smtp-password-file: \(file) cannot be read. Check its path and rights."
            )
        }
        guard let first = content.first, first != UInt8(ascii: "\n") else {
            throw NotifierError(.setting, "notifier.smtp-password-file: \(file) is empty. Write the password into it.")
        }
        return Login(user: user, passwordFile: file)
    }

    private static func isHost(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 253 && !text.hasPrefix("-")
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || ".-:_".utf8.contains(byte)
            }
    }

    /// Whether what is sent there stays on this host.
    static func isLoopback(_ host: String) -> Bool {
        if ["localhost", "::1"].contains(host.lowercased()) { return true }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return numbers.count == 4 && numbers.allSatisfy { $0 != nil } && numbers[0] == 127
    }
}
