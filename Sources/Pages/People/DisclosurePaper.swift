import Audit
import Delivery
import Gateway
import Japanese
import Paper
import Primitives
import Sheets
import Staff

/// What the person is handed: a list of the sheets, the sheets, and who has looked at them. It is
/// Japanese for everybody, and says nothing of why a part is empty.
struct DisclosurePaper {
    let visit: Visit
    let person: PeopleIndex.Person
    let copy: DisclosureCopy

    var documents: [PaperDocument] {
        let sheets = copy.sheets.compactMap { page -> PaperDocument? in
            guard let form = page.form else { return nil }
            let id = page.sheet.key.messageID.text
            let watermark = page.isSuperseded ? "訂正あり" : visit.watermark
            return document(form, "renkei:\(id)", ["受付番号 \(id)"], watermark)
        }
        let looks = copy.looks.map { document(self.looks($0), Self.code, [], visit.watermark) }
        return [document(cover, Self.code, [], visit.watermark)] + sheets
            + [looks].compactMap(\.self)
    }

    private static let code = "renkei:disclosure"

    /// No hash: it would tell whoever guesses what is held back that the guess is right.
    private func document(
        _ form: FilledForm,
        _ code: String,
        _ footer: [String],
        _ watermark: String?
    ) -> PaperDocument {
        PaperDocument(
            form,
            heading: "\(form.title)　\(person.name.text) 様",
            footer: footer + ["開示のための写し　\(visit.office.name)　\(words(visit.today))"],
            code: code,
            watermark: watermark
        )
    }

    // MARK: The cover

    private var cover: FilledForm {
        let claim = copy.request.claim
        let large = FilledForm.Style(align: .center, size: .title)
        let volume = copy.volumes > 1 ? "（\(copy.volumes) 冊のうち \(copy.volume)）" : ""
        let rows = [
            row([(.printed("開示する書類の一覧" + volume), 180, large)]),
            pair("本人", "\(person.name.text)（\(words(person.birthDate))）"),
            pair("請求", claim.kind.japanese),
            pair("請求した人", claim.proxy.map { "代理人 \($0)" } ?? "本人"),
            pair("請求日", words(claim.receivedOn)),
            pair("開示する機関", visit.office.name),
            pair("作成日", words(visit.today)),
        ]
        let note = row([(.printed(Self.note), 180, Self.small)])
        return FilledForm(title: "開示する書類の一覧", rows: rows + table + [note])
    }

    private static let note = """
        「一部」は、本人以外の方の情報などを空欄にしたもの、「なし」は、この写しに入れていないものです。
        添付（別紙）は、この写しに入っていません。理由やお申し出は、開示する機関の窓口でお聞きします。
        """

    private var table: [FilledForm.Row] {
        let columns = [("日付", 28), ("送受", 20), ("相手", 62), ("書類", 50), ("開示", 20)]
        let head = columns.map { (FilledForm.Run.printed($0.0), $0.1, Self.small) }
        return [row(head)]
            + copy.sheets.map { page in
                let sheet = page.sheet
                let texts = [
                    words(sheet.at.dayInJapan), sheet.way.japanese,
                    sheet.peers.map(visit.name).joined(separator: "、"),
                    visit.name(of: sheet.sheet.type),
                    page.form == nil ? "なし" : sheet.held.isEmpty ? "全部" : "一部",
                ]
                return row(zip(texts, columns).map { (.entered($0), $1.1, Self.small) })
            }
    }

    // MARK: The log

    private func looks(_ answer: AuditAnswer) -> FilledForm {
        let answers = AnswerWords(visit.gateway, account: visit.office.staff.displayName)
        let widths = [34, 44, 30, 22, 18, 32]
        let title = "閲覧などの記録（抜粋）"
        let large = FilledForm.Style(align: .center, size: .title)
        let head = answers.columns(answer).map { FilledForm.Run.printed($0) }
        let rows = answers.rows(answer).map { $0.map { FilledForm.Run.entered($0) } }
        let period = "\(words(answer.period.from))から\(words(answer.period.to))まで"
        return FilledForm(
            title: title,
            rows: [
                row([(.printed(title), 180, large)]),
                row([(.printed("一覧の書類について、\(period)の記録です。"), 180, Self.small)]),
            ]
                + ([head] + rows).map { runs in
                    row(zip(runs, widths).map { ($0, $1, Self.small) })
                }
        )
    }

    // MARK: Cells

    private static let small = FilledForm.Style(size: .small, frame: .thin)

    private func row(
        _ cells: [(run: FilledForm.Run, width: Int, style: FilledForm.Style)]
    ) -> FilledForm.Row {
        FilledForm.Row(
            cells: cells.map { FilledForm.Cell([$0.run], width: $0.width, style: $0.style) }
        )
    }

    private func pair(_ label: String, _ text: String) -> FilledForm.Row {
        let framed = FilledForm.Style(frame: .thin)
        return row([(.printed(label), 40, framed), (.entered(text), 140, framed)])
    }

    private func words(_ day: Day) -> String { Wareki(day)?.text ?? day.description }

    /// As a sheet has it, which may be no day.
    private func words(_ birthDate: ByteText) -> String {
        Day(birthDate.text).map(words) ?? birthDate.text
    }
}
