import Audit
import Delivery
import Gateway
import HTTP
import Primitives
import Storage
import TestKit
import Testing

@testable import Pages
@testable import Staff

private struct Missing: Error {}

/// A sheet from its first field to its reply, over the pages alone.
struct JourneyTests {
    static let liaison: [(String, String)] = [
        ("/scene", "dailyCare"), ("/urgency", "routine"), ("/replyExpectation", "replyRequested"),
        ("/patient/fullName", "髙﨑 𠮷之助"), ("/patient/fullNameKana", "たかさき きちのすけ"),
        ("/patient/sex", "1"), ("/patient/birthDate", "S12.5.3"),
        ("/body/addresseeTitle", "渡邉 仁 先生"), ("/body/purposes", "assigned"),
        ("/body/assignedOn", "令和8年4月1日"),
        ("/body/message", "担当になりました。<script>alert(1)</script>\n葛󠄀飾"),
    ]

    @Test func `a sheet is written, checked, sent, read, confirmed and answered`() async throws {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        let consents = town.path(.careOffice, "/consents")
        await care.open(consents)
        await care.post(consents, Self.consent)
        #expect(care.status == 200 && care.has("髙﨑 𠮷之助"), "\(care.html)")

        // Written.
        let new = town.path(.careOffice, "/new")
        await care.open(new)
        await care.post(new, [("type", "careLiaison")])
        let draft = care.path
        #expect(care.title.hasPrefix("医療・介護連携シートの記入"))
        #expect(!care.has("value=\"record:"))
        await care.post(draft, Self.liaison + [("next", "save")])
        let record = try #require(care.between("value=\"record:", "\""))
        await care.post(
            draft,
            Self.liaison + [
                ("to", town.town.office(.clinic).member.text), ("consent", "record:" + record),
                ("next", "check"),
            ]
        )

        // Checked: the words of the form, and what was typed as text alone.
        #expect(care.title.hasPrefix("送信前の確認"), "\(care.html)")
        #expect(care.has("タカサキ キチノスケ") && care.has("昭和12年5月3日"))
        #expect(care.has("&lt;script&gt;") && !care.has("<script>"))
        #expect(care.has("葛󠄀飾") && care.has("幻町内科クリニック"))
        #expect(care.has("送るのは初めてです"))

        // Sent, once.
        await care.post(draft + "/send")
        #expect(care.title.hasPrefix("送信を受け付けました"), "\(care.html)")
        let sent = care.path
        await care.post(draft + "/send", [("token", try #require(care.token))])
        #expect(care.path == sent)
        #expect(try await town.town.office(.careOffice).outbox(limit: 10).count == 1)
        try await town.town.settle()
        await care.open(sent)
        #expect(care.has("到着"))

        // Read, confirmed, answered.
        let clinic = try await town.clerk("hitoshi", at: .clinic, profession: "doctor")
        await clinic.open(town.path(.clinic, "/inbox"))
        #expect(clinic.has("未開封") && clinic.has("髙﨑 𠮷之助") && clinic.has("返信期限"))
        let sheet = try #require(clinic.link(town.path(.clinic, "/sheets/")))
        await clinic.open(sheet)
        #expect(clinic.has("返信ください") && clinic.has("&lt;script&gt;"))
        #expect(clinic.between("id=\"points\">要点", "</section>")?.contains("1.担当になった事") == true)
        await clinic.post(sheet + "/print")
        #expect(clinic.last?.fields.contains { $0.1.contains("sheet-") } == true)
        guard case .bytes(let page, type: let type)? = clinic.last?.body else { throw Missing() }
        #expect(type == "application/pdf" && page.starts(with: Array("{".utf8)))
        #expect(
            try await town.town.office(.clinic).auditEntries(of: nil, message: nil, by: Town.nurse)
                .contains { $0.leaf.facts.event == .sheetPrinted }
        )
        await clinic.open(sheet)
        await clinic.post(sheet + "/confirm")
        #expect(clinic.has("受領確認"))
        let hands = try #require(clinic.between("この書類の記録</h2>", "</aside>"))
        #expect(hands.matches(of: /(開封|受領確認) 辻󠄁本 春香/).count == 2, "\(hands)")
        try await town.town.settle()
        await care.open(sent)
        #expect(care.has("✓") && care.has("辻󠄁本 春香"))
        await clinic.post(sheet + "/reply", [("type", "careLiaisonReply")])
        #expect(clinic.has("髙﨑 𠮷之助"), "\(clinic.html)")
    }

    @Test func `who may read is led to what waits for an answer, and nobody else`() async throws {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        _ = try await town.send(by: care)
        try await town.town.settle()
        let doctor = try await town.clerk("hitoshi", at: .clinic, profession: "doctor")
        #expect(doctor.has("開いて返信する") && !doctor.has("未処理はありません"))
        let admin = try await town.clerk(
            "kaori",
            [.administrator],
            at: .clinic,
            profession: "clerk"
        )
        #expect(!admin.has("開いて返信する"))
    }

    @Test func `what is missing is said at its field, and nothing typed is lost`() async throws {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        let new = town.path(.careOffice, "/new")
        await care.open(new)
        await care.post(new, [("type", "careLiaison")])
        let draft = care.path
        let hostile = "\"><img src=x onerror=alert(1)>\u{202E}🙂"
        await care.post(
            draft,
            [
                ("/patient/fullName", hostile), ("/patient/birthDate", "昭和64年1月8日"),
                ("next", "check"),
            ]
        )
        #expect(care.title.hasPrefix("エラー: "))
        #expect(care.has("確認が必要な項目が"))
        #expect(care.has("href=\"#fbody-message\"") && care.has("id=\"fbody-message\""))
        #expect(care.has("昭和64年1月8日"))
        #expect(!care.has("<img"))
        #expect(care.has("&quot;&gt;&lt;img src=x onerror=alert(1)&gt;\u{202E}🙂"))
        #expect(try await town.town.office(.careOffice).outbox(limit: 10).isEmpty)
    }

    @Test func `of two who write one draft the later one is told`() async throws {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        let new = town.path(.careOffice, "/new")
        await care.open(new)
        await care.post(new, [("type", "careLiaison")])
        let draft = care.path
        let other = Clerk(town.pages)
        other.steal(care.cookie)
        await other.open(draft)
        await care.post(draft, [("/patient/fullName", "先"), ("next", "save")])
        #expect(care.has("保存済 "))
        await other.post(draft, [("/patient/fullName", "後"), ("next", "save")])
        #expect(other.status == 409 && other.has("value=\"後\""))
        await other.post(draft, [("next", "save")])
        #expect(other.has("保存済 ") && other.has("value=\"後\""))
        await care.open(draft)
        await care.post(draft, [("next", "discard")])
        await care.post(draft + "/discard")
        await other.post(draft, [("/patient/fullName", "遅れた人"), ("next", "save")])
        #expect(other.status == 409 && other.has("遅れた人"))
    }

    @Test func `within the hold it is taken back and nothing leaves`() async throws {
        let town = try await PagesTown.make(hold: .seconds(60))
        let care = try await town.clerk("haruka")
        let sent = try await town.send(by: care)
        #expect(care.has("に送信します。それまでは"))
        await care.post(sent + "/withdraw", [("reason", "wrongRecipient")])
        try await town.town.settle()
        #expect(care.has("送信を取り消しました。相手には何も届きません。"))
        await care.open(sent)
        #expect(care.has("取消"))
        #expect(town.town.wire(.careOffice).sent.isEmpty)
    }

    @Test func `a sheet that went astray is returned`() async throws {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        let sent = try await town.send(by: care)
        try await town.town.settle()
        let clinic = try await town.clerk("hitoshi", at: .clinic, profession: "doctor")
        await clinic.open(town.path(.clinic, "/inbox"))
        let sheet = try #require(clinic.link(town.path(.clinic, "/sheets/")))
        await clinic.open(sheet + "/return")
        await clinic.post(
            sheet + "/return",
            [("reason", "wrongPatient"), ("handling", "印刷していません。")]
        )
        try await town.town.settle()
        await care.open(sent)
        #expect(care.has("人違い") && care.has("印刷していません。"))
    }

    @Test func `the person of an earlier sheet is copied`() async throws {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        _ = try await town.send(by: care)
        let new = town.path(.careOffice, "/new")
        await care.open(new)
        await care.post(new, [("type", "admissionInfo")])
        let draft = care.path
        await care.open(draft + "?step=person")
        let message = try #require(care.between("<option value=\"", "\""))
        await care.post(draft, [("earlier", message), ("go", "copy")])
        #expect(care.path == draft + "?step=person")
        #expect(care.has("value=\"髙﨑 𠮷之助\"") && care.has("value=\"昭和12年5月3日\""))
        #expect(!care.has("担当になりました"))
    }

    @Test(arguments: ["髙﨑𠮷之助", "高崎　吉之助", " 髙﨑 𠮷之助"])
    func `the person is found however the blanks are typed`(_ name: String) async throws {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        _ = try await town.send(by: care)
        let new = town.path(.careOffice, "/new")
        await care.open(new)
        await care.post(new, [("type", "careLiaison")])
        await care.post(care.path, [("/patient/fullName", name), ("next", "save")])
        #expect(care.has("前回から写す"))
        await care.post(care.path, [("/patient/fullName", "高崎 花子"), ("next", "save")])
        #expect(!care.has("前回から写す"))
    }

    @Test func `where a sheet is followed one reads whom it is about`() async throws {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        let sent = try await town.send(by: care)
        #expect(care.has("<dt>利用者（患者）</dt><dd>髙﨑 𠮷之助</dd>"))
        try await town.town.settle()
        await care.open(sent)
        #expect(care.has("<dt>利用者（患者）</dt><dd>髙﨑 𠮷之助</dd>"))
    }

    @Test func `who reads no sheets is counted none`() async throws {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        _ = try await town.send(by: care)
        for (name, role) in [("kansa", StaffRole.auditor), ("kanri", .administrator)] {
            let other = try await town.clerk(name, [role])
            await other.open(town.path(.careOffice))
            #expect(other.status == 200 && other.has("書類を読む役割"))
            #expect(!other.has("新着（未開封）") && !other.has("class=\"tiles\""))
            for link in Crawl.links(other.html) where link.hasPrefix(town.path(.careOffice)) {
                await other.open(link)
                #expect(other.status == 200, "\(link)")
            }
        }
    }

    @Test func `copying opens nothing that nobody has opened`() async throws {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        _ = try await town.send(by: care)
        try await town.town.settle()
        let office = town.town.office(.clinic)
        let row = try #require(try await office.inbox(limit: 1).first)
        let clinic = try await town.clerk("hitoshi", at: .clinic, profession: "doctor")
        let new = town.path(.clinic, "/new")
        await clinic.open(new)
        await clinic.post(new, [("type", "referredPatientStatus")])
        #expect(!clinic.has("前回から写す"))
        await clinic.post(clinic.path, [("earlier", row.key.messageID.text), ("go", "copy")])
        #expect(clinic.status == 404)
        #expect(try await office.inbox(limit: 1).first?.state == .delivered)
    }

    @Test func `a row of a list can be emptied again`() async throws {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        let new = town.path(.careOffice, "/new")
        await care.open(new)
        await care.post(new, [("type", "admissionInfo")])
        let name = "/body/family/0/isKeyPerson"
        let draft = care.path
        await care.open(draft + "?step=s2")
        #expect(care.has("name=\"\(name)\" value=\"\" checked"))
        await care.post(draft, [(name, "true"), ("next", "save")])
        #expect(care.has("name=\"\(name)\" value=\"true\" checked"))
        await care.post(draft, [(name, ""), ("next", "save")])
        #expect(!care.has("name=\"\(name)\" value=\"true\" checked"))
    }

    @Test func `an auditor finds who saw whose sheets`() async throws {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        _ = try await town.send(by: care)
        try await town.town.settle()
        let clinic = try await town.clerk("hitoshi", at: .clinic, profession: "doctor")
        await clinic.open(town.path(.clinic, "/inbox"))
        await clinic.open(try #require(clinic.link(town.path(.clinic, "/sheets/"))))
        let auditor = try await town.clerk("kansa", [.auditor], at: .clinic, profession: "clerk")
        await auditor.open(town.path(.clinic, "/audit"))
        await auditor.post(town.path(.clinic, "/audit"), [("patient", "高崎吉之助")])
        #expect(auditor.has("書類を閲覧") && auditor.has("髙﨑 𠮷之助 さん"))
        #expect(auditor.has("辻󠄁本 春香"))
    }

    static let consent: [(String, String)] = [
        ("fullName", "髙﨑 𠮷之助"), ("fullNameKana", "たかさき きちのすけ"), ("birthDate", "S12.5.3"),
        ("giverName", "髙﨑 𠮷之助"), ("givenBy", "self"), ("method", "paper"),
        ("validFrom", "R8.4.1"), ("explainedBy", "辻󠄁本 春香"), ("purposes", "careCoordination"),
        ("scopeOrgTypes", "clinic"),
    ]
}

extension Clerk {
    /// The token of the page's forms.
    var token: String? { between("name=\"token\" value=\"", "\"") }
}

extension PagesTown {
    /// A liaison sheet from the care office to the clinic, over the pages; the page of the sending.
    func send(
        by care: Clerk,
        _ liaison: [(String, String)] = JourneyTests.liaison,
        _ consent: [(String, String)] = JourneyTests.consent
    ) async throws -> String {
        let draft = try await self.draft(by: care, liaison, consent)
        await care.open(draft + "/check")
        try #require(care.title.hasPrefix("送信前の確認"), "\(care.html)")
        await care.post(draft + "/send")
        return care.path
    }

    /// A draft that may be sent, to the clinic unless another member is named.
    func draft(
        by care: Clerk,
        to other: MemberID? = nil,
        _ liaison: [(String, String)] = JourneyTests.liaison,
        _ consent: [(String, String)] = JourneyTests.consent
    ) async throws -> String {
        let consents = path(.careOffice, "/consents")
        await care.open(consents)
        await care.post(consents, consent)
        let new = path(.careOffice, "/new")
        await care.open(new)
        await care.post(new, [("type", "careLiaison")])
        let draft = care.path
        await care.post(draft, JourneyTests.liaison + [("next", "save")])
        let record = try #require(care.between("value=\"record:", "\""))
        let to = (other ?? town.office(.clinic).member).text
        await care.post(
            draft,
            liaison + [("to", to), ("consent", "record:" + record), ("next", "save")]
        )
        return draft
    }
}
