import Consent
import Delivery
import Directory
import Primitives
import Sheets
import Storage
import TestKit
import Testing

@testable import Gateway

/// 抜粋 (C-14): who is to see a part of a sheet gets that part, and nothing else has gone to it.
@Suite struct ExtractFlowTests {
    private static let planted = "この言葉は病院だけに"

    /// 入院時情報提供書 to the hospital, and to the clinic for its knowledge.
    private static func sheet(
        _ town: Town,
        _ change: (inout JSONObject) -> Void = { _ in }
    ) async throws -> [UInt8] {
        let clinic = try Town.profile(of: .clinic)
        return try await FlowSheet.named("admission-info-1", for: town.office(.careOffice)) {
            $0["attachments"] = nil
            $0["body"] = $0["body"]?.object.map { body in
                var body = body
                body["lifeHistory"] = .string(planted)
                body["enclosedPlans"] = nil
                return .object(body)
            }
            let copy: JSON = [
                "organization": [
                    "name": .string(clinic.displayName), "type": .name(clinic.organisationType),
                    "officeNo": clinic.officeNumbers.first.map { .string($0.value) },
                ],
                "purpose": "cc",
            ]
            $0["recipients"] = .array(($0["recipients"]?.array ?? []) + [copy])
            change(&$0)
        }
    }

    private static func request(_ town: Town, _ sheet: [UInt8]) -> SendRequest {
        var request = SendRequest(sheet: sheet)
        let kept = ["currentDiseases", "allergies", "oralMedication"]
        request.extracts = [ExtractOrder(for: town.office(.clinic).member.text, keeps: kept)]
        return request
    }

    @Test func `who gets an extract gets nothing else, and its delivery is one as any other`()
        async throws
    {
        let town = try await Town.make(places: [.careOffice, .clinic, .hospital])
        let (office, clinic) = (town.office(.careOffice), town.office(.clinic))
        var request = Self.request(town, try await Self.sheet(town))
        request.idempotencyKey = "one"
        let asked = request
        let sent = try await office.send(asked, by: Town.careManager)
        let part = try #require(sent.extracts.first)
        #expect(sent.extracts.count == 1 && part.to == clinic.member)
        let again = try await office.send(asked, by: Town.careManager)
        #expect(again.messageID == sent.messageID)
        #expect(again.extracts.map(\.messageID) == [part.messageID])
        try await town.settle()
        let events = try await town.events(.careOffice)
        #expect(events.count { $0 == "consent.granted" } == 2)

        let key = MessageKey(from: office.member, messageID: part.messageID)
        let opened = try await clinic.open(key, by: Town.nurse)
        let whole = try await town.office(.hospital).open(
            MessageKey(from: office.member, messageID: sent.messageID),
            by: Town.nurse
        )
        #expect(whole.sheet.json.canonicalText.contains(Self.planted))
        #expect(whole.sheet.recipients.count == 1 && whole.sheet.extract == nil)
        #expect(opened.sheet.extract?.whole == whole.sheet.sheetID)
        let bytes = try await clinic.inboxBundle(key).bytes
        #expect(bytes.firstRange(of: opened.sheet.bytes) != nil, "it is the message as opened")
        #expect(bytes.firstRange(of: Self.planted.bytes) == nil)
        #expect(try await clinic.inbox(limit: 10).count == 1)
        #expect(try await town.office(.hospital).inbox(limit: 10).count == 1)
        try await town.settle()
        #expect(try await office.track(part.messageID).copies.map(\.state) == [.opened])
        #expect(try await office.receipts(of: key).contains { $0.statement.type == .opened })

        // Corrected with the whole that it is of.
        let sheet = try await Self.sheet(town) {
            $0["supersedes"] = $0["sheetId"]
            $0["sheetId"] = "0a4f1c6e-3b1d-4c55-8f1e-7d2b9a6c4e11"
        }
        let later = try await office.send(Self.request(town, sheet), by: Town.careManager)
        try await town.settle()
        let old = try await clinic.inbox(limit: 10).first { $0.key == key }
        #expect(old?.replacedBy == later.extracts.first?.messageID)
        #expect(try await office.extracts(of: sent.messageID).isEmpty)
    }

    @Test func `an extract needs its consent as any sheet does, and without it nobody gets any`()
        async throws
    {
        let town = try await Town.make(places: [.careOffice, .clinic, .hospital])
        let office = town.office(.careOffice)
        let request = Self.request(town, try await Self.sheet(town))
        var narrow = try #require(try await office.consentRecords().first?.json.object)
        narrow["scopeOrgTypes"] = ["hospital"]
        _ = try await office.recordConsent(.object(narrow), by: Town.careManager)
        let error = await #expect(throws: GatewayError.self) {
            try await office.send(request, by: Town.careManager)
        }
        #expect(error?.code == "consentMissing")
        #expect(try await town.events(.careOffice).contains("consent.denied recipient"))
        #expect(try await office.outbox(limit: 10).isEmpty)
    }

    @Test func `an extract of nothing, for nobody, or of a sheet that nobody gets is not sent`()
        async throws
    {
        let town = try await Town.make(places: [.careOffice, .clinic, .hospital])
        let office = town.office(.careOffice)
        let sheet = try await Self.sheet(town)
        let (clinic, hospital) = (town.office(.clinic).member, town.office(.hospital).member)
        let orders: [([String], String)] = [
            (["\(clinic):nothing"], "extractUnfit"), (["\(clinic):"], "extractUnfit"),
            (["\(clinic):abuseSuspicion"], "extractUnfit"),
            (["\(clinic)", "\(clinic):allergies"], "extractUnfit"),
            (["\(clinic)", "\(hospital)"], "extractUnfit"), (["nobody"], "notARecipient"),
        ]
        for (words, code) in orders {
            var request = SendRequest(sheet: sheet)
            request.extracts = try words.map { try #require(ExtractOrder($0)) }
            let asked = request
            let error = await #expect(throws: GatewayError.self) {
                try await office.send(asked, by: Town.careManager)
            }
            #expect(error?.code == code && error?.advice.isEmpty == false, "\(words)")
        }
        #expect(try await office.outbox(limit: 10).isEmpty)
    }
}
