import Foundation

/// A refusal of Exchange, in the envelope its administration interface uses.
///
/// The message of the envelope says nothing; the exception's type is what a client can rely on. Either of the two blocks
/// that carry it may be missing.
struct ExchangeError: Error, Sendable, Equatable {
    let type: String
    let message: String
    var status = 400

    func reply(switches: Switches) -> Reply {
        let text = switches.localisedTexts ? "Der Vorgang konnte nicht ausgeführt werden. (\(shortType))" : message
        let isMissing = shortType == "ManagementObjectNotFoundException" && switches.missingObjectIs404
        var error: [String: JSONValue] = [
            "code": isMissing ? "NotFound" : "BadRequest",
            "message": shortType == "ParameterBindingException" ? "Error executing cmdlet" : "Invalid Operation",
        ]
        if switches.exchangeDetails {
            error["details"] = [["code": "Client", "target": "", "message": .text("\(mark)|\(type)|\(text)")]]
        }
        var inner: [String: JSONValue] = [
            "message": .text("Error executing cmdlet"),
            "type": "Microsoft.Exchange.Admin.OData.Core.ODataServiceException",
            "stacktrace": "   at Microsoft.Exchange.Admin.OData.Core",
        ]
        if switches.exchangeInnerException {
            inner["internalexception"] = [
                "message": .text(text), "type": .text(type), "stacktrace": "   at Microsoft.Exchange",
            ]
        }
        error["innererror"] = .object(inner)
        return .json(isMissing ? 404 : status, ["error": .object(error)])
    }

    private var shortType: String { type.split(separator: ".").last.map(String.init) ?? type }

    /// The short number Exchange puts before a message; sometimes there is none.
    private var mark: String {
        guard shortType != "ADObjectAlreadyExistsException" else { return "" }
        let sum = type.utf8.reduce(UInt32(7)) { $0 &* 31 &+ UInt32($1) }
        return "Ex" + String(sum & 0xFFFFFF | 0x100000, radix: 16).uppercased()
    }
}

extension ExchangeError {
    static func exists(_ name: String) -> ExchangeError {
        ExchangeError(
            type: "Microsoft.Exchange.Data.Directory.ADObjectAlreadyExistsException",
            message: "The operation couldn't be performed because '\(name)' already exists."
        )
    }

    static func missing(_ name: String) -> ExchangeError {
        ExchangeError(
            type: "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException",
            message: "The operation couldn't be performed because object '\(name)' couldn't be found on "
                + "'DC01.example.prod.outlook.com'."
        )
    }

    static func inUse(_ name: String, _ rule: String) -> ExchangeError {
        ExchangeError(
            type: "Microsoft.Exchange.Configuration.Tasks.TaskInvalidOperationException",
            message: "The outbound connector '\(name)' can't be removed because the mail flow rule '\(rule)' uses it."
        )
    }

    static func unknownParameter(_ name: String) -> ExchangeError {
        ExchangeError(
            type: "System.Management.Automation.ParameterBindingException",
            message: "A parameter cannot be found that matches parameter name '\(name)'."
        )
    }

    static func missingParameter(_ name: String) -> ExchangeError {
        ExchangeError(
            type: "System.Management.Automation.ParameterBindingException",
            message: "Cannot process command because of one or more missing mandatory parameters: \(name)."
        )
    }

    static func nullArgument(_ name: String) -> ExchangeError {
        ExchangeError(
            type: "System.Management.Automation.ParameterBindingValidationException",
            message: "Cannot validate argument on parameter '\(name)'. The argument is null."
        )
    }

    static func badValue(_ name: String, _ value: JSONValue, _ wanted: String) -> ExchangeError {
        ExchangeError(
            type: "Microsoft.Exchange.Configuration.Tasks.ParameterTransformationException",
            message: "Cannot process argument transformation on parameter '\(name)'. Cannot convert value "
                + "\(String(decoding: value.bytes, as: UTF8.self)): \(wanted)."
        )
    }

    static func tooLong(_ name: String, _ limit: Int) -> ExchangeError {
        ExchangeError(
            type: "Microsoft.Exchange.Data.DataValidationException",
            message: "The length of the property is too long. The maximum length of '\(name)' is \(limit)."
        )
    }

    static func ambiguous(_ text: String) -> ExchangeError {
        ExchangeError(type: "System.Management.Automation.AmbiguousParameterSetException", message: text)
    }

    static func invalid(_ text: String) -> ExchangeError {
        ExchangeError(type: "Microsoft.Exchange.Data.DataValidationException", message: text)
    }

    static let dehydrated = ExchangeError(
        type: "Microsoft.Exchange.Configuration.Tasks.InvalidOperationInDehydratedContextException",
        message: "The command you tried to run isn't currently allowed in your organization. To run this command, you "
            + "first need to run the command: Enable-OrganizationCustomization."
    )

    static let alreadyHydrated = ExchangeError(
        type: "Microsoft.Exchange.Configuration.Tasks.InvalidOperationException",
        message: "This operation is not available in current service offer: organization customization is already "
            + "enabled."
    )

    static let needsConfirmation = ExchangeError(
        type: "System.Management.Automation.PSInvalidOperationException",
        message: "A command that prompts the user failed because the host program does not support user interaction."
    )

    static func badEnvelope(_ text: String) -> ExchangeError {
        ExchangeError(type: "Microsoft.OData.ODataException", message: text)
    }
}
