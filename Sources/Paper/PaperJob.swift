package import Primitives
package import Sheets

/// One or several filled forms to be printed as one PDF.
package struct PaperJob: Sendable, CustomStringConvertible {
    package let documents: [PaperDocument]
    /// Stands in the file as the time of its making.
    package let madeAt: Timestamp

    package init(_ documents: [PaperDocument], madeAt: Timestamp) {
        self.documents = documents
        self.madeAt = madeAt
    }

    package var description: String { "PaperJob" }
}

/// A filled form with what stands around it on every page.
package struct PaperDocument: Sendable, CustomStringConvertible {
    package let form: FilledForm
    /// Above every page but the first: the form and whom it is about.
    package let heading: String
    /// At the foot of every page, one line each: document id, hash, time of printing.
    package let footer: [String]
    /// What the QR code at the foot says; it holds nothing of the person.
    package let code: String
    /// Across every page, for example 練習 or 下書き.
    package let watermark: String?
    /// Begins one piece of mail: its pages and those of the documents up to the next cover are
    /// numbered through, and it tells how many there are.
    package let isCover: Bool

    package init(
        _ form: FilledForm,
        heading: String,
        footer: [String],
        code: String,
        watermark: String? = nil,
        isCover: Bool = false
    ) {
        self.form = form
        self.heading = heading
        self.footer = footer
        self.code = code
        self.watermark = watermark
        self.isCover = isCover
    }

    package var description: String { "PaperDocument" }
}
