/// What reading, making, changing and removing have in common for all kinds of objects.
///
/// `noun` is the command's second half, such as `InboundConnector`.
extension ExchangeAdministration {
    /// All objects of a kind.
    func all<Object: ExchangeObject>(
        _ noun: String,
        _ parameters: [String: JSONValue] = [:]
    ) async throws(Microsoft365Error) -> [Object] {
        let command = ExchangeCommand(
            name: "Get-\(noun)",
            parameters: Self.everything.merging(parameters) { $1 }
        )
        return try await self.run(command).map { record throws(Microsoft365Error) in
            guard let object = Object(record) else { throw self.failure(.malformedAnswer, command) }
            return object
        }
    }

    /// The object of an identity, or nil when Exchange says that there is none.
    ///
    /// Throws `malformedAnswer` when something else, or more than one, comes back: some commands answer an identity they do not
    /// know with other objects.
    func one<Object: ExchangeObject>(
        _ noun: String,
        _ identity: String
    ) async throws(Microsoft365Error) -> Object? {
        let command = try self.command("Get-\(noun)", identity)
        let records: [ExchangeRecord]
        do throws(Microsoft365Error) {
            records = try await self.run(command)
        } catch {
            guard error.code == .notFound else { throw error }
            return nil
        }
        guard !records.isEmpty else { return nil }
        guard let object = Object(alone: records, identity) else { throw self.failure(.malformedAnswer, command) }
        return object
    }

    /// Makes an object; what Exchange shows of it must be there, else nobody knows what was made.
    func new<Object: ExchangeObject>(
        _ noun: String,
        _ parameters: [String: JSONValue]
    ) async throws(Microsoft365Error) -> Object {
        let command = ExchangeCommand(name: "New-\(noun)", parameters: parameters)
        guard parameters["Name"]?.string?.isEmpty == false else { throw self.failure(.invalidRequest, command) }
        guard let object = try await self.run(command).first.flatMap(Object.init) else {
            throw self.failure(.interrupted, command)
        }
        return object
    }

    /// Changes an object.
    func set(
        _ noun: String,
        _ identity: String,
        _ parameters: [String: JSONValue]
    ) async throws(Microsoft365Error) {
        let changes = parameters.merging(["Confirm": false]) { $1 }
        _ = try await self.run(try self.command("Set-\(noun)", identity, changes))
    }

    /// Removes an object; false when it was gone already.
    func remove(_ noun: String, _ identity: String) async throws(Microsoft365Error) -> Bool {
        do throws(Microsoft365Error) {
            _ = try await self.run(try self.command("Remove-\(noun)", identity, ["Confirm": false]))
            return true
        } catch {
            guard error.code == .notFound else { throw error }
            return false
        }
    }

    /// A command on one object; an empty identity is refused here and never sent.
    func command(
        _ name: String,
        _ identity: String,
        _ parameters: [String: JSONValue] = [:]
    ) throws(Microsoft365Error) -> ExchangeCommand {
        let command = ExchangeCommand(
            name: name,
            parameters: parameters.merging(["Identity": .string(identity)]) { $1 }
        )
        guard !identity.allSatisfy(\.isWhitespace) else { throw self.failure(.invalidRequest, command) }
        return command
    }
}
