import Audit
import Consent
import Gateway
import Primitives
import TestKit
import Testing

/// What a sender's gateway refuses for its consent, with the entry that it leaves.
@Suite struct ConsentDeniedTests {
    private static let printed = "以下の情報は、利用者本人及び家族の同意に基づき提供しています。"
    private static let alone = "以下の情報は、利用者本人の同意に基づき提供しています。"

    /// Sends an example with a mended consent; the code that refuses it, nil where it goes out.
    private func send(
        _ name: String,
        _ change: @escaping (inout JSONObject) -> Void,
        from place: World.Place = .careOffice
    ) async throws -> (code: String?, events: [String]) {
        let town = try await Town.make(places: [.careOffice, .hospital, .clinic])
        let office = town.office(place)
        let sheet = try await FlowSheet.named(name, for: office) { sheet in
            sheet["attachments"] = nil
            guard case .object(var consent)? = sheet["consent"],
                case .object(var body)? = sheet["body"]
            else { return }
            body["enclosedPlans"] = nil
            if consent["familyInfoConsent"]?.bool != true { body["family"] = nil }
            change(&consent)
            if consent["familyInfoConsent"]?.bool != true { body["family"] = nil }
            sheet["consent"] = .object(consent)
            sheet["body"] = .object(body)
        }
        var code: String?
        do throws(GatewayError) {
            _ = try await office.send(SendRequest(sheet: sheet), by: Town.careManager)
        } catch { code = error.code }
        return (code, try await town.events(place))
    }

    @Test func `every reason to refuse has its place in the access log`() {
        let rule = AuditCatalogue.rule(.consentDenied, in: .access)
        let reasons = ConsentRefusal.Reason.allCases.map(\.rawValue)
        #expect(rule?.reasons.sorted() == reasons.sorted())
    }

    @Test func `a record about another person refuses, and that is on record`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let office = town.office(.careOffice)
        let sheet = try await FlowSheet.liaison(for: office)
        let known = try #require(try await office.consentRecord(FlowSheet.record))
        var other = try #require(known.json.object)
        other["patientRef"] = ["fullName": "佐藤 つる", "birthDate": "1940-11-30"]
        _ = try await office.recordConsent(.object(other), by: Town.careManager)
        let error = await #expect(throws: GatewayError.self) {
            try await office.send(SendRequest(sheet: sheet), by: Town.careManager)
        }
        #expect(error?.code == "consentMissing")
        #expect(try await town.events(.careOffice).contains("consent.denied person"))
    }

    @Test(arguments: [printed, "同意を得ています。", printed + " "])
    func `words that the form does not print are not sent as its sentence`(
        words: String
    ) async throws {
        let (code, events) = try await send(
            "admission-info-1",
            { $0["statement"] = .string(words) }
        )
        let isPrinted = words == Self.printed
        #expect((code == nil) == isPrinted, "\(code ?? "")")
        #expect(events.contains("consent.denied statement") != isPrinted)
    }

    @Test func `a sentence about the family is not sent where the family was not asked`()
        async throws
    {
        let (denied, events) = try await send(
            "admission-info-1",
            { $0["familyInfoConsent"] = nil }
        )
        #expect(denied == "consentMissing" && events.contains("consent.denied statement"))
        let (sent, _) = try await send(
            "admission-info-1",
            {
                $0["familyInfoConsent"] = nil
                $0["statement"] = .string(Self.alone)
            }
        )
        #expect(sent == nil)
        // The other way round it would hide a consent that the sheet relies on.
        let (hidden, _) = try await send(
            "admission-info-1",
            { $0["statement"] = .string(Self.alone) }
        )
        #expect(hidden == "consentMissing")
    }

    @Test(arguments: [printed, alone, "法令にもとづき提供します。"])
    func `nobody's consent is claimed where there is none`(words: String) async throws {
        let (code, events) = try await send(
            "admission-info-1",
            { consent in
                consent = [
                    "status": "legalException", "legalBasis": "架空法 第1条",
                    "statement": .string(words), "scopePurposes": ["admission"],
                ]
            }
        )
        let isTrue = words.hasPrefix("法令")
        #expect((code == nil) == isTrue, "\(code ?? "")")
        #expect(events.contains("consent.denied statement") != isTrue)
    }
}
