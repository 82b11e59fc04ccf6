import JobModel

/// What a webhook gets: the notification, rendered, for whoever passes it on.
struct WebhookBody: Encodable {
    /// The event's id.
    let id: String
    let template: String
    let language: String
    let recipients: [String]
    let tenant: String
    let job: String
    let jobType: String
    /// When the event was sent, RFC 3339.
    let time: String
    let subject: String
    let text: String
    let html: String

    init(_ notice: Notice, _ content: RenderedNotice, language: String, recipients: [String]) {
        self.id = notice.id
        self.template = notice.request.template
        self.language = language
        self.recipients = recipients
        self.tenant = "\(notice.tenant)"
        self.job = "\(notice.job)"
        self.jobType = notice.jobType
        self.time = Timestamp.text(notice.time)
        self.subject = content.subject
        self.text = content.text
        self.html = content.html
    }
}
