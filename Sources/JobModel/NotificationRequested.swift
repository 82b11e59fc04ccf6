/// The own members of `events.notification.requested.v1`: who is told what, and in which language.
///
/// It carries names and figures alone, never a rendered text: the notifier's templates decide what people read. It never
/// holds a secret, nor the subject or the body of anybody's mail.
package struct NotificationRequested: Sendable, Codable, Equatable {
    /// How many people one notification may tell.
    package static let recipientsMax = 20
    /// How many values it may carry.
    package static let valuesMax = 50

    /// Which template renders it, by its name: one of ``NotificationTemplate``, or one of a later version.
    package let template: String
    /// Who is told: e-mail addresses, 1 to 20, each once.
    package let recipients: [String]
    /// In which language, as a tag such as `de` or `pt-BR`; nil for the notifier's own.
    package let language: String?
    /// What the template may show, by name.
    package let values: [String: NotificationValue]

    /// Collects the parts.
    package init(
        template: String,
        recipients: [String],
        language: String?,
        values: [String: NotificationValue]
    ) {
        self.template = template
        self.recipients = recipients
        self.language = language
        self.values = values
    }

    /// What an executor asks for: the content's template and values, and the customer's name and who asked for the job where
    /// that is known.
    ///
    /// An address that is named twice is told once; of more than ``recipientsMax`` the first are told.
    package init(
        _ content: NotificationContent,
        recipients: [String],
        customer: String?,
        requestedBy: String? = nil,
        language: String?
    ) {
        var seen = Set<String>()
        var values = content.values
        if let customer { values["customer"] = NotificationValue(customer) }
        if let requestedBy { values["requestedBy"] = NotificationValue(requestedBy) }
        self.init(
            template: content.template.rawValue,
            recipients: Array(recipients.filter { seen.insert($0).inserted }.prefix(Self.recipientsMax)),
            language: language,
            values: values
        )
    }

    /// The first rule of the schema that the value breaks, as a sentence that names the field; nil when it keeps them all.
    package func violation() -> String? {
        if !PayloadRule.isName(self.template, maximum: 100) { return "`data.template` is not a template's name." }
        if !(1...Self.recipientsMax).contains(self.recipients.count) {
            return "`data.recipients` has \(self.recipients.count) entries; 1 to \(Self.recipientsMax) are allowed."
        }
        if let index = self.recipients.firstIndex(where: { !PayloadRule.isEmailAddress($0) }) {
            return "`data.recipients[\(index)]` is not an e-mail address."
        }
        if Set(self.recipients).count < self.recipients.count { return "`data.recipients` names an address twice." }
        if let language, !PayloadRule.isLanguage(language) {
            return "`data.language` is not a language such as `pt-BR`."
        }
        if self.values.count > Self.valuesMax {
            return "`data.values` has \(self.values.count) entries; \(Self.valuesMax) are allowed."
        }
        return nil
    }
}

extension NotificationRequested: JobPayload {}

/// A value that a template may show: a text, a list of texts, or a list of rows, each of texts by name.
package enum NotificationValue: Sendable, Codable, Equatable {
    /// The longest text, in Unicode scalars as JSON Schema counts them.
    package static let lengthMax = 1_000
    /// The longest list.
    package static let entriesMax = 50

    /// A text.
    case text(String)
    /// Texts that are shown one below the other.
    case list([String])
    /// Rows that the notifier makes a line of, in the language of whoever reads it.
    case rows([[String: String]])

    /// A text, cut at ``lengthMax``.
    package init(_ text: String) { self = .text(Self.cut(text)) }

    /// A list, each text cut at ``lengthMax``; of more than ``entriesMax`` the last entry says how many are left out.
    package init(_ list: [String]) {
        guard list.count > Self.entriesMax else {
            self = .list(list.map { Self.cut($0) })
            return
        }
        let shown = list.prefix(Self.entriesMax - 1).map { Self.cut($0) }
        self = .list(shown + ["… (+\(list.count - shown.count))"])
    }

    /// Rows, each text cut at ``lengthMax``; of more than ``entriesMax`` the last has only `more`, how many are left out.
    ///
    /// No rows are the empty list, as JSON cannot tell the two apart.
    package init(rows: [[String: String]]) {
        guard !rows.isEmpty else {
            self = .list([])
            return
        }
        let isLong = rows.count > Self.entriesMax
        let shown = rows.prefix(isLong ? Self.entriesMax - 1 : Self.entriesMax)
        let more = isLong ? [["more": "\(rows.count - shown.count)"]] : []
        self = .rows(shown.map { $0.mapValues { Self.cut($0) } } + more)
    }

    /// Reads a JSON string, an array of strings, or an array of objects of strings.
    package init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let list = try? value.decode([String].self) {
            self = .list(list)
        } else {
            self = .rows(try value.decode([[String: String]].self))
        }
    }

    /// Writes what `init(from:)` reads.
    package func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .text(let text): try value.encode(text)
        case .list(let list): try value.encode(list)
        case .rows(let rows): try value.encode(rows)
        }
    }

    private static func cut(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.prefix(self.lengthMax)))
    }
}
