import Crypto
import Foundation
import JobModel

/// Who mails come from, and who is asked about them.
package struct MailSender: Sendable, Equatable {
    /// For people, such as the gateway's name; may be empty.
    package let name: String
    /// The address, in ASCII; a domain with other letters is written in its `xn--` form.
    package let address: String
    /// Who gets the answers, an address; nil for the sender.
    package let contact: String?

    /// Checks the addresses; fails when one could be taken for an option or is none.
    package init(name: String, address: String, contact: String? = nil) throws(NotifierError) {
        guard PayloadRule.isEmailAddress(address), !address.hasPrefix("-") else {
            throw NotifierError(.setting, "notifier.from is not an e-mail address `local@domain`; write it in ASCII")
        }
        if let contact, !PayloadRule.isEmailAddress(contact) {
            throw NotifierError(
                .setting,
                "notifier.contact is not an e-mail address `local@domain`. Write it in ASCII."
            )
        }
        self.name = name
        self.address = address
        self.contact = contact
    }

    var domain: String { String(self.address.split(separator: "@").last ?? "") }
}

/// One mail to one recipient: RFC 5322 and MIME, as bytes for a sendmail interface.
///
/// All of it is ASCII with short lines, so that no relay has a reason to change it. The id is made of
/// the event's, so that a mail that had to be sent twice is the same mail to whoever looks. `Auto-Submitted` (RFC 3834) and
/// `X-Auto-Response-Suppress` (Microsoft's MS-OXCMAIL) keep absence notes from answering.
struct MailMessage: Sendable, Equatable {
    /// The longest subject, in Unicode scalars.
    static let subjectLengthMax = 200

    let sender: MailSender
    let recipient: String
    /// What stands before the `@` of the Message-ID.
    let id: String
    let time: Date
    let language: String
    let content: RenderedNotice

    /// The mail, with a line feed after each line; nil when the recipient is no address.
    func bytes() -> [UInt8]? {
        guard PayloadRule.isEmailAddress(self.recipient) else { return nil }
        let digest = Data(SHA256.hash(data: Data(self.id.utf8)).prefix(18)).base64EncodedString()
        let boundary = "=_\(digest)"  // `=_` stands in no quoted-printable text
        var lines = self.head + ["Content-Type: multipart/alternative;", " boundary=\"\(boundary)\"", ""]
        lines += self.part("text/plain", self.content.text, boundary)
        lines += self.part("text/html", self.content.html, boundary)
        lines += ["--\(boundary)--", ""]
        return Array(lines.joined(separator: "\n").utf8)
    }

    private var head: [String] {
        [
            MailHeader.plain("Date", Self.date(self.time)),
            MailHeader.mailbox("From", name: self.sender.name, address: self.sender.address),
            MailHeader.plain("To", self.recipient),
        ] + (self.sender.contact.map { [MailHeader.plain("Reply-To", $0)] } ?? []) + [
            MailHeader.text("Subject", Self.cut(self.content.subject)),
            MailHeader.plain("Message-ID", "<\(self.id)@\(self.sender.domain)>"),
            MailHeader.plain("Auto-Submitted", "auto-generated"),
            MailHeader.plain("X-Auto-Response-Suppress", "All"),
            MailHeader.plain("Content-Language", self.language),
            MailHeader.plain("MIME-Version", "1.0"),
        ]
    }

    private func part(_ type: String, _ text: String, _ boundary: String) -> [String] {
        [
            "--\(boundary)", "Content-Type: \(type); charset=utf-8", "Content-Transfer-Encoding: quoted-printable", "",
            QuotedPrintable.encode(text),
        ]
    }

    private static func cut(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.prefix(self.subjectLengthMax)))
    }

    /// The date as RFC 5322 §3.3 writes it, in UTC: `Mon, 23 Nov 2026 03:00:07 +0000`.
    static func date(_ time: Date) -> String {
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents([.weekday, .day, .month, .year, .hour, .minute, .second], from: time)
        func two(_ number: Int?) -> String { (number ?? 0) < 10 ? "0\(number ?? 0)" : "\(number ?? 0)" }
        let day =
            "\(days[(parts.weekday ?? 1) - 1]), \(two(parts.day)) \(months[(parts.month ?? 1) - 1]) \(parts.year ?? 0)"
        return "\(day) \(two(parts.hour)):\(two(parts.minute)):\(two(parts.second)) +0000"
    }
}
