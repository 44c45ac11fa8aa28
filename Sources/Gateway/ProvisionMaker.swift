import Audit
import Delivery
import Directory
import Japanese
import Primitives
import Sheets
import Storage

/// Says which copies of a sheet are a provision or a receipt, and what the record tells of them.
struct ProvisionMaker {
    let catalogue: SheetCatalogue
    let profile: @Sendable (MemberID) -> MemberProfile?

    /// One line for each copy that its recipient has acknowledged, unless it was taken back unread.
    /// `delivered` has the times in the recipients' *delivered* receipts.
    func lines(
        sent sheet: Sheet,
        _ row: OutboxRow,
        delivered: [MemberID: Timestamp]
    ) -> [ProvisionLine] {
        row.copies.compactMap { copy in
            guard !copy.state.isEnd, let at = delivered[copy.to] else { return nil }
            return line(.provided, of: sheet, row.message, (copy.to, at, "連携で送信"))
        }
    }

    /// nil for what was set apart, refused, or taken back unread.
    func line(received sheet: Sheet, _ row: InboxRow) -> ProvisionLine? {
        guard let state = row.state, !state.isEnd else { return nil }
        let from = row.key.from
        let way = "\(peer(from).name)から連携で受信"
        return line(.received, of: sheet, row.key.messageID, (from, row.receivedAt, way))
    }

    /// Printing alone gives it to nobody.
    func lines(onPaper route: PaperRoute) -> [ProvisionLine] {
        route.copies.compactMap { copy in
            guard let note = copy.sent ?? copy.acknowledged else { return nil }
            let way = "紙（FAX・郵送）で送付"
            return line(.provided, of: route.sheet, route.id, (copy.to, note.at, way))
        }
    }

    private func line(
        _ direction: ProvisionLine.Direction,
        of sheet: Sheet,
        _ message: MessageID,
        _ delivery: (peer: MemberID, at: Timestamp, way: String)
    ) -> ProvisionLine {
        ProvisionLine(
            direction: direction,
            at: delivery.at,
            peer: peer(delivery.peer),
            personName: sheet.auditPatient?.name ?? "",
            birthDate: birthDate(in: sheet),
            items: items(of: sheet),
            ground: ground(sheet.consent),
            way: delivery.way,
            isLegalException: sheet.consent.status == .legalException,
            message: message
        )
    }

    // MARK: Words

    private func peer(_ member: MemberID) -> ProvisionLine.Peer {
        guard let profile = profile(member) else {
            return ProvisionLine.Peer(name: member.text, type: "", numbers: [], address: "")
        }
        // The name of the office, where the law's person has another one.
        let isSame = profile.legalName.hasSameBytes(as: profile.displayName)
        let office = isSame ? "" : "（\(profile.displayName)）"
        return ProvisionLine.Peer(
            name: profile.legalName + office,
            type: label(profile.organisationType.text, "OrgType"),
            numbers: profile.officeNumbers,
            address: profile.address
        )
    }

    private func birthDate(in sheet: Sheet) -> String {
        let text = sheet.json["patient"]?["birthDate"]?.string ?? ""
        return Day(text).map(words) ?? text
    }

    private func words(_ day: Day) -> String { Wareki(day)?.text ?? day.description }

    private func items(of sheet: Sheet) -> String {
        let name = catalogue.label(of: sheet.type) ?? sheet.type.text
        let part = sheet.extract == nil ? "" : "（抜粋）"
        let version = part + (sheet.supersedes == nil ? "" : "（訂正版）")
        var kinds: [AttachmentKind] = []
        for attachment in sheet.attachments where !kinds.contains(attachment.kind) {
            kinds.append(attachment.kind)
        }
        guard !kinds.isEmpty else { return name + version }
        let enclosed = kinds.map { kind in
            let count = sheet.attachments.count { $0.kind == kind }
            return "\(label(kind.text, "AttachmentKind")) \(count) 件"
        }
        return "\(name)\(version)、別紙: \(enclosed.joined(separator: "、"))"
    }

    private func ground(_ consent: ConsentStatement) -> String {
        let status = label(consent.status.rawValue, "ConsentStatus")
        let giver = consent.givenBy.map { giver in
            let name = consent.giverName.map { " \($0)" } ?? ""
            return "同意した人: \(label(giver.text, "ConsentGiver"))\(name)"
        }
        let details = [
            consent.obtainedOn.map(words),
            consent.method.map { label($0.text, "ConsentMethod") },
            giver,
            consent.noticeVersion.map { "掲示の版: \($0)" },
            consent.emergencyReason.map { "理由: \($0)" },
            consent.legalBasis.map { "根拠: \($0)" },
        ].compactMap(\.self)
        return details.isEmpty ? status : "\(status)（\(details.joined(separator: "、"))）"
    }

    private func label(_ code: String, _ list: String) -> String {
        catalogue.label(code, in: list) ?? code
    }
}
