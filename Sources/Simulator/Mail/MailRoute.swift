/// A call of Microsoft Graph on one mailbox.
struct MailRoute: Sendable, Equatable {
    /// The calls; the raw value is the end of the route's name.
    enum Kind: String, Sendable, CaseIterable {
        case listMessages = "messages.list"
        case getMessage = "messages.get"
        case updateMessage = "messages.update"
        case deleteMessage = "messages.delete"
        case moveMessage = "messages.move"
        case copyMessage = "messages.copy"
        case listFolders = "mailFolders.list"
        case createFolder = "mailFolders.create"
        case getFolder = "mailFolders.get"
        case updateFolder = "mailFolders.update"
        case deleteFolder = "mailFolders.delete"
        case listChildFolders = "mailFolders.childFolders.list"
        case createChildFolder = "mailFolders.childFolders.create"
        case listFolderMessages = "mailFolders.messages.list"

        var name: String { "graph." + rawValue }
    }

    /// Holding it is enough for every call on a mailbox (permissions tables of the Graph reference).
    static let permission = "Mail.ReadWrite"

    let kind: Kind
    /// The mailbox as the path names it.
    let owner: String
    /// The folder as the path names it: an id or a well-known name.
    private(set) var folder: String?
    /// The message's id.
    private(set) var message: String?

    /// Finds the call; nil when there is none.
    init?(_ method: String, _ path: [String]) {
        guard path.count >= 4, path[0] == "v1.0", path[1] == "users" else { return nil }
        var rest = Array(path.dropFirst(4))
        var folder: String?
        if path[3] == "mailFolders", rest.count >= 2, rest[1] == "messages" {
            // A message may be addressed through its folder; the folder must then be the right one.
            folder = rest[0]
            rest.removeFirst(2)
            guard let kind = rest.isEmpty ? MailRoute.inFolder(method) : MailRoute.message(method, rest) else {
                return nil
            }
            self.init(kind: kind, owner: path[2], folder: folder, message: rest.first)
            return
        }
        switch path[3] {
        case "messages":
            guard let kind = MailRoute.message(method, rest) else { return nil }
            self.init(kind: kind, owner: path[2], message: rest.first)
        case "mailFolders":
            guard let kind = MailRoute.folder(method, rest) else { return nil }
            self.init(kind: kind, owner: path[2], folder: rest.first)
        default: return nil
        }
    }

    private init(kind: Kind, owner: String, folder: String? = nil, message: String? = nil) {
        self.kind = kind
        self.owner = owner
        self.folder = folder
        self.message = message
    }

    private static func inFolder(_ method: String) -> Kind? { method == "GET" ? .listFolderMessages : nil }

    private static func message(_ method: String, _ rest: [String]) -> Kind? {
        switch (method, rest.count, rest.last) {
        case ("GET", 0, _): .listMessages
        case ("GET", 1, _): .getMessage
        case ("PATCH", 1, _): .updateMessage
        case ("DELETE", 1, _): .deleteMessage
        case ("POST", 2, "move"): .moveMessage
        case ("POST", 2, "copy"): .copyMessage
        default: nil
        }
    }

    private static func folder(_ method: String, _ rest: [String]) -> Kind? {
        switch (method, rest.count, rest.last) {
        case ("GET", 0, _): .listFolders
        case ("POST", 0, _): .createFolder
        case ("GET", 1, _): .getFolder
        case ("PATCH", 1, _): .updateFolder
        case ("DELETE", 1, _): .deleteFolder
        case ("GET", 2, "childFolders"): .listChildFolders
        case ("POST", 2, "childFolders"): .createChildFolder
        default: nil
        }
    }
}
