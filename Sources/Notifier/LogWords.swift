/// Texts of others, such as a mail server's words, as the log may hold them.
enum LogWords {
    /// One line without addresses: a server repeats the recipient's, which no log is to hold.
    static func masked(_ text: String) -> String {
        MailHeader.oneLine(text).replacing(/[^\s<>"'(),;:=]+@[^\s<>"'(),;:=]+/, with: "ADDRESS")
    }
}
