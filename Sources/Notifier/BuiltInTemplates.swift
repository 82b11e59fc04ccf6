import JobModel

/// The texts that come with the notifier, in the form of a template's file.
enum BuiltInTemplates {
    /// The language in which there is always a text.
    static let language = "en"

    /// Every text by language and template.
    static func text(_ template: NotificationTemplate, language: String) -> String? {
        switch language {
        case "en": self.english(template)
        case "de": self.german(template)
        default: nil
        }
    }

    /// The languages there are.
    static let languages = ["en", "de"]

    /// The page around a text for which nobody wrote HTML.
    static let page = """
        <!doctype html>
        <html lang="{{language}}">
        <head><meta charset="utf-8"><title>{{subject}}</title></head>
        <body style="font-family: sans-serif; line-height: 1.5; color: #222; max-width: 42em; margin: 1em">
        <h1 style="font-size: 1.2em">{{subject}}</h1>
        {{#blocks}}
        {{#paragraph}}
        <p>{{.}}</p>
        {{/paragraph}}
        {{#list}}
        <ul>
        {{#items}}
        <li>{{.}}</li>
        {{/items}}
        </ul>
        {{/list}}
        {{/blocks}}
        </body>
        </html>

        """
}
