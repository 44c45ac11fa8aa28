import Audit
import Cryptography
import Delivery
import Directory
import Gateway
import HTTP
import Primitives
import Sheets
import Staff
import Storage
import TestKit
import Testing

@testable import Pages

/// 開示等の請求 (C-18, C-13): what a person is given of what is kept of them, and what is not.
struct DisclosurePageTests {
    private static let suspicion = "あざが見られる"
    private static let report = "虐待の通報に伴う情報提供"
    private static let son = "髙﨑 健吾"
    private static let wish = "一人にしておくのが心配"
    private static let asked = [
        ("kind", "disclosure"), ("asker", "proxy"), ("proxy", "髙﨑 花子（姪、委任状）"),
        ("receivedOn", "R8.1.19"),
    ]

    /// A care office that has sent a hospital two sheets of one person: 入院時情報提供書, and the
    /// same once more on the ground of a law.
    private struct Place {
        let town: PagesTown
        let office: OrganisationGateway
        let open: MessageID
        let hidden: MessageID

        static func make() async throws -> Place {
            let town = try await PagesTown.make([.careOffice, .hospital])
            let office = town.town.office(.careOffice)
            let json = try SheetExamples.example("admission-info-1.json").json
            let consent = try #require(json["consent"])
            let record: JSON = [
                "consentRecordId": consent["consentRecordId"],
                "patientRef": ["fullName": json["patient"]?["fullName"]],
                "status": consent["status"], "purposes": consent["scopePurposes"],
                "scopeOrgTypes": consent["scopeOrgTypes"], "givenBy": consent["givenBy"],
                "familyMembersConsented": [["name": "家族", "relationship": "son"]],
                "validFrom": consent["obtainedOn"], "method": "paper",
            ]
            _ = try await office.recordConsent(record, by: Town.careManager)
            func send(
                _ change: (inout JSONObject, inout JSONObject) -> Void
            ) async throws
                -> MessageID
            {
                var sheet = try #require(json.object)
                var body = try #require(sheet["body"]?.object)
                // Of such a suspicion a liaison office alone is told.
                var recipient = try #require(sheet["recipients"]?.array?.first?.object)
                var hospital = try #require(recipient["organization"]?.object)
                hospital["departmentCode"] = "liaisonOffice"
                recipient["organization"] = .object(hospital)
                sheet["recipients"] = [.object(recipient)]
                sheet["attachments"] = nil
                body["enclosedPlans"] = nil
                body["abuseSuspicion"] = ["has": "yes", "detail": .string(suspicion)]
                change(&sheet, &body)
                sheet["body"] = .object(body)
                let request = SendRequest(sheet: JSON.object(sheet).canonicalBytes)
                return try await office.send(request, by: Town.careManager).messageID
            }
            let open = try await send { _, _ in }
            let hidden = try await send { sheet, body in
                sheet["sheetId"] = .name(SheetID.make(SystemRandom()))
                sheet["threadId"] = .name(ThreadID.make(SystemRandom()))
                sheet["consent"] = [
                    "status": "legalException", "statement": "法令に基づいて提供します。",
                    "legalBasis": "高齢者虐待防止法7条", "scopePurposes": ["admission"],
                ]
                body["family"] = nil
                body["admissionReason"] = .string(report)
            }
            for message in [open, hidden] {
                _ = try await office.review(message, by: Town.careManager)
            }
            return Place(town: town, office: office, open: open, hidden: hidden)
        }

        /// The page of the person's requests.
        func page(_ clerk: Clerk, _ place: World.Place = .careOffice) async throws -> String {
            await clerk.open(town.path(place, "/people"))
            await clerk.open(try #require(clerk.link(town.path(place, "/people/"))))
            let page = clerk.path + "/disclosure"
            try #require(clerk.has("href=\"\(page)\""), "\(clerk.html)")
            await clerk.open(page)
            return page
        }

        /// Takes a request in; the page of it.
        func take(_ clerk: Clerk, _ page: String) async throws -> String {
            await clerk.post(page, asked)
            return try #require(clerk.link(page + "/"), "\(clerk.html)")
        }

        func entries() async throws -> [AuditedEntry] {
            try await office.auditEntries(of: nil, message: nil, by: Town.nurse)
        }

        /// The words of the copy that the page makes.
        func copy(_ clerk: Clerk, _ request: String) async throws -> String {
            await clerk.open(request)
            await clerk.post(request + "/copy", [("volume", "1")])
            let response = try #require(clerk.last)
            guard case .bytes(let bytes, type: "application/pdf") = response.body else {
                Issue.record("a file comes: \(clerk.html)")
                return ""
            }
            let words = response.fields.first { $0.0 == "Content-Disposition" }?.1
            let today = town.town.time.now.dayInJapan
            #expect(words == "attachment; filename=\"disclosure-\(today).pdf\"")
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    @Test func `a copy has what is the person's, and a second person decides on the rest`()
        async throws
    {
        let place = try await Place.make()
        let care = try await place.town.clerk("haruka")
        let page = try await place.page(care)
        #expect(!care.has(" checked"))
        for field in ["kind", "asker", "proxy", "receivedOn"] {
            await care.open(page)
            await care.post(page, Self.asked.filter { $0.0 != field })
            #expect(care.status == 400 && care.has("href=\"#\(field)\""), "\(field)")
        }
        let request = try await place.take(care, page)
        await care.open(request)
        for words in ["家族氏名", "虐待の疑い", "法令に基づく例外", "載せない", "一部を伏せる", "請求を記録した人とは別の"] {
            #expect(care.has(words), "\(words) in \(care.html)")
        }
        #expect(!care.has(Self.son) && !care.has(Self.suspicion) && !care.title.contains("髙﨑"))

        // Nothing that is held back, and not a word of the sheet on the ground of a law.
        let first = try await place.copy(care, request)
        #expect(first.contains("配食の方が発見") && first.contains("代理人 髙﨑 花子（姪、委任状）"))
        #expect(first.contains("開示する書類の一覧") && first.contains("閲覧などの記録（抜粋）"))
        for words in [Self.son, Self.wish, Self.suspicion, Self.report, place.hidden.text] {
            #expect(!first.contains(words), "\(words)")
        }
        #expect(first.contains(place.open.text))

        // Somebody else decides, with a reason, on one part and for one request.
        let lead = try await place.town.clerk("natsuo", [.deskLead])
        await lead.open(request)
        let family = "\(place.open) thirdParty /body/family"
        #expect(lead.has("value=\"\(family)\""), "\(lead.html)")
        await lead.post(request + "/release", [("part", family)])
        #expect(lead.status == 400 && lead.has("href=\"#reason\""))
        await lead.post(request + "/release", [("part", family), ("reason", "長男の了解を得た。")])
        #expect(lead.has("長男の了解を得た。") && !lead.has("value=\"\(family)\""), "\(lead.html)")
        let second = try await place.copy(care, request)
        #expect(second.contains(Self.son) && !second.contains(Self.wish))
        await lead.open(page)
        let other = try await place.take(lead, page)
        let third = try await place.copy(lead, other)
        #expect(!third.contains(Self.son), "it was for the other request")
        let auditor = try await place.town.clerk("akiko", [.auditor])
        let log = place.town.path(.careOffice, "/audit")
        await auditor.open(log)
        await auditor.post(log)
        #expect(auditor.has("伏せた部分の開示を決定") && auditor.has("長男の了解を得た。"))
        // The copies before are looks at the person's sheets, too.
        #expect(third.contains("本人の求め") && !third.contains(place.hidden.text))
    }

    @Test func `every copy and decision is on record, and nobody decides alone`() async throws {
        let place = try await Place.make()
        let lead = try await place.town.clerk("natsuo", [.deskLead])
        let page = try await place.page(lead)
        let request = try await place.take(lead, page)
        let hidden = "\(place.hidden) legalException "
        await lead.open(request)
        #expect(!lead.has("value=\"\(hidden)\""))
        let words = [("part", hidden), ("reason", "通報は終わった。")]
        let own = [("token", try #require(lead.token))]
        await lead.post(request + "/release", words + own)
        #expect(lead.status == 400 && lead.has(GatewayError.ownRequest.code), "\(lead.html)")
        let care = try await place.town.clerk("haruka")
        let token = try #require(care.token)
        let refused = await care.respond(.post, request + "/release", words + [("token", token)])
        #expect(refused.status == 403)
        let reader = try await place.town.clerk("fuyuki", [.reader])
        await reader.open(request)
        #expect(reader.status == 403)

        let copy = try await place.copy(care, request)
        let entries = try await place.entries()
        func facts(_ event: AuditEvent) -> [LeafFacts] {
            entries.map(\.leaf.facts).filter { $0.event == event }
        }
        #expect(facts(.disclosureRequested).count == 1)
        #expect(facts(.disclosureReleased).map(\.outcome) == [.seriousFailure])
        #expect(facts(.disclosureReleased).first?.reason?.text == "ownRequest")
        #expect(!copy.contains(Self.report))
        let printed = entries.filter { $0.leaf.facts.event == .sheetPrinted }
        #expect(printed.map(\.message) == [place.open], "what is held back was not taken out")
        #expect(printed.allSatisfy { $0.leaf.facts.purpose == .patientRequest })
        let taken = try #require(entries.last { $0.leaf.facts.event == .auditExported })
        #expect(taken[.patient] == "髙﨑 𠮷之助" && taken.leaf.facts.object.kind == .report)
        guard case .clear(let hash) = taken.leaf.facts.object.name else { return }
        #expect(hash.text == SHA256.hash(copy.bytes).hex)
    }

    @Test func `what nobody has opened yet is in no copy`() async throws {
        let place = try await Place.make()
        try await place.town.town.settle()
        let lead = try await place.town.clerk("natsuo", [.deskLead], at: .hospital)
        let request = try await place.take(lead, try await place.page(lead, .hospital))
        await lead.open(request)
        #expect(lead.has("未開封の書類があります") && !lead.has("action=\"\(request)/copy\""))
        await lead.post(request + "/copy", [("token", try #require(lead.token))])
        #expect(lead.status == 400)
        let office = place.town.town.office(.hospital)
        let states = try await office.inbox(limit: 9).map(\.state)
        #expect(states == [.delivered, .delivered], "asking opens nothing")
    }

    @Test func `who sees the sheets of one desk alone makes no copy`() async throws {
        let desk = try await DeskTown.make()
        let main = try await desk.clerk("hitoshi", at: [DeskTown.main])
        await main.open(desk.town.path(.clinic, "/people"))
        await main.open(try #require(main.link(desk.town.path(.clinic, "/people/"))))
        await main.open(main.path + "/disclosure")
        #expect(main.status == 403 && main.has("すべての窓口の書類"), "\(main.html)")
    }
}
