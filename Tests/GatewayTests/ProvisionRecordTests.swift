import Cryptography
import Delivery
import Directory
import Foundation
import Primitives
import Sheets
import Storage
import TestKit
import Testing

@testable import Gateway

/// 提供・受領の記録 (29・30条): which copies it has, and what it tells of them.
struct ProvisionRecordTests {
    private static let start = Timestamp(milliseconds: 1_774_000_000_000)
    private static let random = SeededRandom(seed: 29)
    private static let message = MessageID.make(at: start, random)
    private static let (own, clinic, hospital) = (
        MemberID.make(random), MemberID.make(random), MemberID.make(random)
    )

    private static func profile() throws -> MemberProfile {
        var profile = try Town.profile(of: .clinic)
        profile.legalName = "医療法人社団架空会"
        profile.address = "架空市幻区幻町三丁目3番3号"
        return profile
    }

    private func maker() throws -> ProvisionMaker {
        let profile = try Self.profile()
        return ProvisionMaker(catalogue: try SheetExamples.catalogue.get()) {
            $0 == Self.clinic ? profile : nil
        }
    }

    private func sheet(
        _ name: String = "care-liaison-1",
        _ change: (inout JSONObject) -> Void = { _ in }
    ) throws -> Sheet {
        var json = try #require(SheetExamples.example(name + ".json").json.object)
        change(&json)
        let bytes = JSON.object(json).canonicalBytes
        return try #require(SheetExamples.catalogue.get().stored(bytes))
    }

    private func sent(_ copies: [(MemberID, DeliveryState)]) throws -> OutboxRow {
        OutboxRow(
            message: Self.message,
            thread: ThreadID.make(Self.random),
            sheetType: try #require(SheetType("careLiaison")),
            urgency: .routine,
            inReplyTo: nil,
            replaces: nil,
            createdAt: Self.start,
            holdUntil: Self.start,
            expiresAt: Self.start.adding(.days(7)),
            draft: nil,
            copies: copies.map {
                OutboxCopy(to: $0.0, desk: nil, state: $0.1, movedAt: Self.start)
            },
            isSealed: true,
            wasAttempted: true,
            blockedFor: nil,
            revision: 1
        )
    }

    private func received(_ state: DeliveryState?) -> InboxRow {
        InboxRow(
            key: MessageKey(from: Self.clinic, messageID: Self.message),
            state: state,
            urgency: .routine,
            receivedAt: Self.start.adding(.minutes(5)),
            expiresAt: Self.start.adding(.days(7)),
            movedAt: Self.start.adding(.hours(9)),
            sealedSha256: SHA256.hash([]),
            reason: nil,
            sheet: nil,
            revision: 1
        )
    }

    private func fields(_ line: ProvisionLine) -> String {
        String(decoding: ProvisionRecord([line]).file.bytes, as: UTF8.self)
    }

    // MARK: Which copies

    @Test func `what was sent stands there with the time of the recipient's receipt`() throws {
        let at = Self.start.adding(.minutes(3))
        let row = try sent([(Self.clinic, .opened)])
        let line = try #require(
            try maker().lines(sent: sheet(), row, delivered: [Self.clinic: at]).first
        )
        #expect(line.direction == .provided && line.at == at && line.message == Self.message)
        #expect(line.peer.name == "医療法人社団架空会（幻町内科クリニック）")
        #expect(line.peer.type == "診療所" && line.peer.address == "架空市幻区幻町三丁目3番3号")
        #expect(fields(line).contains("\"医療機関コード 9910100123\""))
        #expect(line.personName == "髙﨑 𠮷之助" && line.birthDate == "昭和12年5月3日")
        #expect(line.items == "医療・介護連携シート" && line.way == "連携で送信")
        #expect(line.ground == "取得済（令和7年4月10日、契約時の包括同意、同意した人: 本人 髙﨑 𠮷之助）")
        #expect(!line.isLegalException)
    }

    @Test(arguments: DeliveryState.allCases)
    func `a copy that did not arrive, came back or was taken back has no line`(
        state: DeliveryState
    ) throws {
        let there: Set<DeliveryState> = [.delivered, .opened, .confirmed, .replied]
        let row = try sent([(Self.clinic, state)])
        // A copy that was taken back unread has its receipt nevertheless.
        let times: [MemberID: Timestamp] =
            there.contains(state) || state == .withdrawn ? [Self.clinic: Self.start] : [:]
        let lines = try maker().lines(sent: sheet(), row, delivered: times)
        #expect(lines.count == (there.contains(state) ? 1 : 0))
        guard there.contains(state) || state.isEnd else { return }
        let line = try maker().line(received: sheet(), received(state))
        #expect((line != nil) == there.contains(state))
    }

    @Test func `each recipient who has it has a line, and nobody else`() throws {
        let row = try sent([(Self.clinic, .replied), (Self.hospital, .delivered)])
        let later = Self.start.adding(.hours(2))
        let both = try maker().lines(
            sent: sheet(),
            row,
            delivered: [Self.clinic: later, Self.hospital: Self.start]
        )
        #expect(ProvisionRecord(both).lines.map(\.at) == [Self.start, later], "oldest first")
        let one = try maker().lines(sent: sheet(), row, delivered: [Self.clinic: later])
        #expect(one.map(\.at) == [later], "the other has not acknowledged")
        // Who is in no directory is called by the number.
        #expect(both.last?.peer.name == Self.hospital.text && both.last?.peer.address == "")
    }

    @Test func `what was received tells when it came and how it was obtained`() throws {
        let line = try #require(try maker().line(received: sheet(), received(.confirmed)))
        #expect(line.direction == .received && line.at == Self.start.adding(.minutes(5)))
        #expect(line.way == "医療法人社団架空会（幻町内科クリニック）から連携で受信")
        #expect(try maker().line(received: sheet(), received(nil)) == nil, "set apart")
    }

    @Test func `on paper it is given when it is sent off, not when it is printed`() throws {
        let note = PaperRoute.Note(at: Self.start.adding(.hours(1)), by: "辻󠄁本 春香")
        var route = PaperRoute(
            id: Self.message,
            sheet: try sheet(),
            begun: PaperRoute.Note(at: Self.start, by: "辻󠄁本 春香"),
            copies: [
                PaperRoute.Copy(to: Self.clinic, code: "000001"),
                PaperRoute.Copy(to: Self.hospital, code: "000002"),
            ]
        )
        #expect(try maker().lines(onPaper: route).isEmpty)
        route.copies[0][.sent] = note
        route.copies[0][.acknowledged] = PaperRoute.Note(at: Self.start.adding(.days(1)), by: "")
        let lines = try maker().lines(onPaper: route)
        #expect(lines.map(\.at) == [note.at] && lines[0].way == "紙（FAX・郵送）で送付")
        // Who tells the number on the cover sheet has it, whoever forgot to note the sending.
        route.copies[1][.acknowledged] = note
        #expect(try maker().lines(onPaper: route).count == 2)
    }

    // MARK: What it tells

    @Test func `enclosures are counted by kind, and a correction is called one`() throws {
        let row = try sent([(Self.clinic, .delivered)])
        let sheet = try sheet("admission-info-1") { sheet in
            sheet["supersedes"] = .name(SheetID.make(Self.random))
            let rows = sheet["attachments"]?.array ?? []
            sheet["attachments"] = .array(rows + rows.suffix(1))
        }
        let lines = try maker().lines(sent: sheet, row, delivered: [Self.clinic: Self.start])
        #expect(
            lines.first?.items
                == "入院時情報提供書（訂正版）、別紙: 居宅サービス計画書 1 件、お薬手帳 2 件"
        )
    }

    @Test func `an exception is told with its basis`() throws {
        let row = try sent([(Self.clinic, .delivered)])
        func line(_ consent: JSON) throws -> ProvisionLine {
            let sheet = try sheet { $0["consent"] = consent }
            let times = [Self.clinic: Self.start]
            return try #require(try maker().lines(sent: sheet, row, delivered: times).first)
        }
        let emergency = try line([
            "status": "emergencyException", "statement": "提供します。",
            "emergencyReason": "意識障害があり、家族の連絡先も不明のため",
        ])
        #expect(emergency.ground == "緊急例外（理由: 意識障害があり、家族の連絡先も不明のため）")
        #expect(!ProvisionRecord([emergency]).hasLegalException)
        let legal = try line([
            "status": "legalException", "statement": "提供します。", "legalBasis": "高齢者虐待防止法7条",
        ])
        #expect(legal.ground == "法令に基づく例外（根拠: 高齢者虐待防止法7条）")
        #expect(ProvisionRecord([emergency, legal]).hasLegalException)
        let notice = try line([
            "status": "implied", "statement": "提供します。", "noticeVersion": "令和8年4月版",
        ])
        #expect(notice.ground == "掲示による黙示（医療機関内の掲示）（掲示の版: 令和8年4月版）")
        let proxy = try line([
            "status": "obtainedFromProxy", "statement": "提供します。", "obtainedOn": "2026-04-01",
            "method": "paper", "givenBy": "family", "giverName": "髙﨑 花子",
        ])
        #expect(proxy.ground == "家族等から取得（令和8年4月1日、書面、同意した人: 家族 髙﨑 花子）")
    }

    // MARK: The file

    @Test func `the file has a heading and a line for each copy, in the time of Japan`() throws {
        let line = try #require(try maker().line(received: sheet(), received(.opened)))
        let rows = fields(line).components(separatedBy: "\r\n")
        #expect(rows.count == 3 && rows[2].isEmpty)
        #expect(rows[0].hasPrefix("\u{FEFF}\"提供・受領の別\",\"日時\",\"相手先\""))
        #expect(rows[1].hasPrefix("\"受領\",\"2026-03-20 18:51:40\",\"医療法人社団架空会"))
        #expect(rows[1].hasSuffix(",\"\(Self.message)\"") && rows[1].contains("\"髙﨑 𠮷之助\""))
        #expect(rows.prefix(2).map { $0.components(separatedBy: "\",\"").count } == [12, 12])
    }

    @Test func `a field is quoted, and keeps what is in it`() {
        let file = CSVFile([["言った「\"はい\"」", "一行\n二行"], ["葛󠄀飾 𠮷", ""]])
        let text = String(decoding: file.bytes, as: UTF8.self)
        #expect(file.bytes.starts(with: [0xEF, 0xBB, 0xBF]))
        let expected = "\u{FEFF}\"言った「\"\"はい\"\"」\",\"一行\n二行\"\r\n\"葛󠄀飾 𠮷\",\"\"\r\n"
        #expect(text.utf8.elementsEqual(expected.utf8))
    }

    @Test(arguments: [
        "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠1",
        "=\u{301}1",
    ])
    func `no field is a formula`(text: String) {
        let told = String(decoding: CSVFile([[text]]).bytes, as: UTF8.self)
        #expect(told.utf8.elementsEqual("\u{FEFF}\"'\(text)\"\r\n".utf8))
        let inside = String(decoding: CSVFile([["a" + text]]).bytes, as: UTF8.self)
        #expect(!inside.contains("'"))
    }
}
