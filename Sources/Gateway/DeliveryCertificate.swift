import Audit
package import Cryptography
import Delivery
package import Envelope
import Japanese
package import Primitives
package import Sheets

/// 到着証明書: one page that tells what an evidence file proves. The file is the proof; this is its
/// readable face. It holds no word of the sheet and no name of the patient.
package struct DeliveryCertificate: Sendable, CustomStringConvertible {
    package let form: FilledForm
    package let messageID: MessageID
    /// Of the last receipt: what the QR code names.
    package let receiptSha256: Digest

    package var description: String { "DeliveryCertificate" }

    /// - Throws: what `EvidenceVerifier.verify` throws; nothing is certified that does not hold.
    package init(
        _ file: EvidenceFile,
        root: Certificate,
        now: Timestamp,
        _ catalogue: SheetCatalogue
    ) throws(EvidenceFault) {
        let proved = try ProvedDelivery.verify(file, root: root, now: now, catalogue)
        messageID = proved.messageID
        receiptSha256 = proved.receipts[proved.receipts.count - 1].sha256
        form = CertificateRows(proved: proved, catalogue: catalogue).form
    }
}

private struct CertificateRows {
    let proved: ProvedDelivery
    let catalogue: SheetCatalogue

    private typealias Row = FilledForm.Row
    private typealias Cell = FilledForm.Cell

    private static let framed = FilledForm.Style(frame: .thin)
    private static let small = FilledForm.Style(size: .small, frame: .thin)

    var form: FilledForm {
        FilledForm(
            title: title,
            rows: heading + parties + steps + records + addOn + howToCheck
        )
    }

    private var title: String {
        proved.contentSha256 == nil ? "配達記録" : "到着証明書"
    }

    private var heading: [Row] {
        let claim =
            proved.contentSha256 == nil
            ? "下記の文書が次のとおり送られたことを、署名された受領証により示します。"
            : "下記の文書が次のとおり送られ、届いたことを、署名された受領証により証明します。"
        let type = proved.admission.flatMap { catalogue.label(of: $0.sheet.type) }
        return [
            Row(cells: [free(title, FilledForm.Style(align: .center, size: .title))]),
            Row(cells: [free(claim)]),
            Row(
                bar: "文書",
                cells: pair("書類名", type ?? "（内容を含まない証拠ファイル）", 180)
            ),
            Row(cells: pair("受付番号", proved.messageID.text, 180)),
            Row(
                cells: pair(
                    "内容の SHA-256",
                    proved.contentSha256.map(groups) ?? "（届いていません）",
                    180,
                    Self.small
                )
            ),
        ]
    }

    private var parties: [Row] {
        [("差出機関", proved.sender), ("受取機関", proved.recipient)].enumerated().map { index, party in
            let numbers = party.1.officeNumbers.joined(separator: "、")
            return Row(
                bar: index == 0 ? "差出人と受取人" : nil,
                cells: pair(party.0, party.1.name, 115) + pair("事業所番号", numbers, 65)
            )
        }
    }

    // MARK: Steps

    private static let ladder: [EvidenceFact.Kind] = [
        .sent, .accepted, .delivered, .opened, .confirmed,
    ]

    /// The five steps, taken or not, then whatever else became of it.
    private var steps: [Row] {
        let others = proved.receipts.map(\.fact).filter { !Self.ladder.contains($0.kind) }
        let taken = Self.ladder.map { kind in
            step(kind, proved.facts.first { $0.kind == kind })
        }
        let rest = others.map { step($0.kind, $0) }
        let heads = heads([("段階", 28), ("日時", 50), ("署名した機関", 62), ("担当", 40)])
        return [Row(bar: "経過", cells: heads)] + taken + rest
    }

    private func step(_ kind: EvidenceFact.Kind, _ fact: EvidenceFact?) -> Row {
        let person = fact.flatMap { fact in
            proved.facts.first { $0.kind == .disclosed && $0.at == fact.at && $0.by == fact.by }
        }
        let way = fact?.isEmergency == true ? "（緊急閲覧）" : ""
        return Row(cells: [
            cell(kind.word, 28, Self.framed, isPrinted: true),
            cell(fact.map { time($0.at) } ?? "―", 50, Self.framed),
            cell(fact.map { $0.name ?? "交換所" } ?? "", 62, Self.framed),
            cell((person?.disclosure?.value(.actorName) ?? "") + way, 40, Self.framed),
        ])
    }

    // MARK: Log

    private var records: [Row] {
        let heads = heads([("受領証", 22), ("受領証の SHA-256", 78), ("記録（番号／大きさ）", 80)])
        return [Row(bar: "受領証と記録の証明", cells: heads)]
            + proved.receipts.map { receipt in
                let place = receipt.place.map {
                    "\($0.checkpoint.origin)\n\($0.index) ／ \($0.checkpoint.head.size)"
                }
                return Row(cells: [
                    cell(receipt.fact.kind.word, 22, Self.small, isPrinted: true),
                    cell(groups(receipt.sha256), 78, Self.small),
                    cell(place ?? "記録の証明待ち", 80, Self.small),
                ])
            }
    }

    // MARK: 入院時情報連携加算

    private var addOn: [Row] {
        guard let admission = proved.admission else { return [] }
        let rules = catalogue.admissionLiaison
        let calendar = OfficeCalendar(of: nil, in: admission.entry, catalogue.holidays)
        guard let clock = AddOnClock(admission.sheet, rules: rules, calendar: calendar) else {
            return []
        }
        let met = clock.met(by: admission.deliveredAt)
        let verdict = met.map { "\($0.limit.label) の期間内" } ?? "期間外"
        return [
            Row(
                bar: rules.name,
                cells: pair("到着", "\(time(admission.deliveredAt))　\(verdict)", 180)
            ),
            Row(cells: [free(rules.note, FilledForm.Style(size: .small))]),
        ]
    }

    private var howToCheck: [Row] {
        let text =
            "この用紙は証拠ファイル（.renkei）を読みやすくしたもので、証拠は証拠ファイルです。"
            + "次の命令で、通信なしに確かめられます。openssl だけで確かめる手順は証拠ファイルの verify.txt にあります。"
            + "\nrenkei verify 証拠ファイル --root root.pem"
        return [
            Row(bar: "確かめ方", cells: [cell(text, 180, Self.small, isPrinted: true)])
        ]
    }

    // MARK: Cells

    private func free(
        _ text: String,
        _ style: FilledForm.Style = FilledForm.Style()
    ) -> FilledForm.Cell {
        cell(text, 180, style, isPrinted: true)
    }

    private func cell(
        _ text: String,
        _ width: Int,
        _ style: FilledForm.Style,
        isPrinted: Bool = false
    ) -> FilledForm.Cell {
        FilledForm.Cell([isPrinted ? .printed(text) : .entered(text)], width: width, style: style)
    }

    private func head(_ text: String, _ width: Int) -> FilledForm.Cell {
        let style = FilledForm.Style(align: .center, size: .small, frame: .thin)
        return FilledForm.Cell([.printed(text)], width: width, style: style, isHead: true)
    }

    private func heads(_ columns: [(String, Int)]) -> [FilledForm.Cell] {
        columns.map { head($0.0, $0.1) }
    }

    private func pair(
        _ label: String,
        _ text: String,
        _ width: Int,
        _ style: FilledForm.Style = CertificateRows.framed
    ) -> [FilledForm.Cell] {
        [head(label, 28), cell(text, width - 28, style)]
    }

    // MARK: Words

    /// In groups of 8, as people compare them.
    private func groups(_ digest: Digest) -> String {
        let letters = Array(digest.hex)
        return stride(from: 0, to: letters.count, by: 8).map { start in
            String(letters[start..<min(start + 8, letters.count)])
        }.joined(separator: " ")
    }

    private func time(_ time: Timestamp) -> String {
        let minute = time.minuteOfDayInJapan
        let clock = [minute / 60, minute % 60, Int(time.seconds % 60)].map {
            Decimal.text($0, width: 2)
        }
        let day = Wareki(time.dayInJapan)?.text ?? time.dayInJapan.description
        return day + " " + clock.joined(separator: ":")
    }
}

extension EvidenceFact.Kind {
    /// As staff know the states of a delivery.
    fileprivate var word: String {
        switch self {
        case .sent: "差出"
        case .accepted: "送信済"
        case .delivered: "到着"
        case .refused: "差戻し"
        case .opened: "開封"
        case .confirmed: "受領確認"
        case .expired: "期限切れ"
        case .undeliverable: "不達"
        case .withdrawal: "取消の申し出"
        case .neverReleased: "取消（渡していない）"
        case .released: "渡した後の取消"
        case .neverOpened: "取消（未開封）"
        case .alreadyOpened: "開封後の取消"
        case .disclosed: "担当"
        case .content: "内容"
        }
    }
}
