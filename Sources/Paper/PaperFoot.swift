import Japanese
package import Primitives
package import Sheets

extension PaperDocument {
    /// What all prints have at their foot.
    package struct Foot: Sendable {
        let message: MessageID
        let sha256: Digest
        let printedAt: Timestamp
        let printedBy: String?

        /// `sha256` is of the sheet's bytes, or of the receipt that a certificate ends with.
        package init(
            message: MessageID,
            sha256: Digest,
            printedAt: Timestamp,
            by printedBy: String? = nil
        ) {
            self.message = message
            self.sha256 = sha256
            self.printedAt = printedAt
            self.printedBy = printedBy
        }

        /// `renkei:` with message id and hash: nothing of a person.
        package var code: String { "renkei:\(message.text):\(sha256.hex)" }

        fileprivate var number: String { "受付番号 \(message.text)" }

        /// In one line, so that a long name still has room below.
        fileprivate var proof: [String] {
            let minute = printedAt.minuteOfDayInJapan
            let clock = "\(minute / 60):" + Decimal.text(minute % 60, width: 2)
            let day = Wareki(printedAt.dayInJapan)?.text ?? printedAt.dayInJapan.description
            let person = printedBy.map { "　\($0)" } ?? ""
            return ["SHA-256 \(sha256.hex.prefix(16))…　印刷 \(day) \(clock)\(person)"]
        }
    }

    /// A sheet, with the name of whom it is about above its second page.
    package init(_ form: FilledForm, of sheet: Sheet, foot: Foot, watermark: String? = nil) {
        self.init(form, sheet, named: sheet.json["patient"]?["fullName"]?.string, foot, watermark)
    }

    /// The same as a fax shows it.
    package init(fax form: FilledForm, of sheet: Sheet, foot: Foot, watermark: String? = nil) {
        let name = sheet.json["patient"]?["fullName"]?.string
        self.init(form, sheet, named: name.map(MaskedName.of), foot, watermark)
    }

    private init(
        _ form: FilledForm,
        _ sheet: Sheet,
        named name: String?,
        _ foot: Foot,
        _ watermark: String?
    ) {
        self.init(
            form,
            heading: (form.banner.map { "【\($0)】" } ?? "") + form.title
                + (name.map { "　\($0) 様" } ?? ""),
            footer: [foot.number, "文書ID \(sheet.sheetID.text)"] + foot.proof,
            code: foot.code,
            watermark: watermark
        )
    }

    /// 送付票. Whoever sees it learns no hash of what it covers.
    package init(cover: CoverSheet, message: MessageID, watermark: String? = nil) {
        let form = cover.form
        self.init(
            form,
            heading: form.title,
            footer: ["管理番号 \(message.text)"],
            code: "renkei:\(message.text)",
            watermark: watermark,
            isCover: true
        )
    }

    package init(certificate form: FilledForm, foot: Foot, watermark: String? = nil) {
        self.init(
            form,
            heading: form.title,
            footer: [foot.number] + foot.proof,
            code: foot.code,
            watermark: watermark
        )
    }
}
