import Consent
import Primitives
import Sheets
import Testing

/// What the organisation that took a consent keeps.
struct ConsentRecordTests {
    static let whole: JSONObject = [
        "consentRecordId": "f76aed66-927f-5393-8cb7-e41aee1e3714",
        "patientRef": [
            "fullName": "髙﨑 𠮷之助", "fullNameKana": "タカサキ キチノスケ",
            "birthDate": "1937-05-03", "insuredNumber": "9900000088",
        ],
        "status": "obtained",
        "purposes": ["careCoordination", "admission"],
        "scopeOrgs": ["9910000002"],
        "scopeOrgTypes": ["clinic", "hospital"],
        "scopeSheets": ["careLiaison"],
        "familyMembersConsented": [["name": "架空 花子", "relationship": "daughter"]],
        "validFrom": "2025-04-10",
        "validTo": "2027-03-31",
        "method": "paper",
        "givenBy": "self",
    ]

    static func record(_ edit: (inout JSONObject) -> Void = { _ in }) throws -> ConsentRecord {
        var json = whole
        edit(&json)
        return try ConsentRecord(.object(json))
    }

    @Test func `a record says for what, to whom and for how long`() throws {
        let record = try Self.record()
        #expect(record.scope.purposes == [Code("careCoordination"), Code("admission")])
        #expect(record.scope.organisationTypes == [.clinic, .hospital])
        #expect(record.scope.officeNumbers == ["9910000002"])
        #expect(record.sheetTypes.map(\.text) == ["careLiaison"])
        #expect(record.validTo == Day("2027-03-31"))
        #expect(record.hasFamilyConsent)
        #expect(record.withdrawal == nil)
        #expect("\(record)" == "ConsentRecord")
    }

    static let refused: [(note: String, edit: @Sendable (inout JSONObject) -> Void)] = [
        ("an unknown member", { $0["extra"] = 1 }),
        ("nobody", { $0["patientRef"] = nil }),
        ("a person without a name", { $0["patientRef"] = ["birthDate": "1937-05-03"] }),
        ("an unknown status", { $0["status"] = "granted" }),
        ("no purposes", { $0["purposes"] = [] }),
        (
            "no organisation",
            {
                $0["scopeOrgs"] = nil
                $0["scopeOrgTypes"] = nil
            }
        ),
        ("a sheet type of no form", { $0["scopeSheets"] = ["Care Liaison"] }),
        ("a purpose that is no text", { $0["purposes"] = [1] }),
        ("a day that does not exist", { $0["validTo"] = "2027-02-30" }),
        (
            "an empty scope of a withdrawal",
            {
                $0["withdrawal"] = ["on": "2026-01-01", "scope": [:]]
            }
        ),
        ("C-11: obtained from somebody else", { $0["givenBy"] = "family" }),
        ("C-11: obtained from nobody", { $0["givenBy"] = nil }),
        ("C-11: a proxy that is the patient", { $0["status"] = "obtainedFromProxy" }),
        (
            "C-11: no proxy named",
            {
                $0["status"] = "obtainedFromProxy"
                $0["givenBy"] = nil
            }
        ),
        (
            "C-11: a proxy without a reason",
            {
                $0["status"] = "obtainedFromProxy"
                $0["givenBy"] = "family"
                $0["giverRelationship"] = "daughter"
            }
        ),
        (
            "C-11: a guardian without power",
            {
                $0["status"] = "obtainedFromProxy"
                $0["givenBy"] = "guardian"
                $0["giverRelationship"] = "other"
                $0["proxyReason"] = "dementia"
                $0["guardianKind"] = "guardian"
            }
        ),
    ]

    @Test(arguments: refused.indices)
    func `a record that breaks its form is refused`(_ index: Int) {
        let row = Self.refused[index]
        #expect(throws: DecodingRefusal.self, "\(row.note)") { _ = try Self.record(row.edit) }
    }

    @Test func `a guardian states kind and power`() throws {
        let record = try Self.record {
            $0["status"] = "obtainedFromProxy"
            $0["givenBy"] = "guardian"
            $0["giverRelationship"] = "other"
            $0["proxyReason"] = "dementia"
            $0["guardianKind"] = "guardian"
            $0["guardianPower"] = "財産管理・身上保護"
        }
        #expect(record.givenBy == Code("guardian"))
    }

    @Test(arguments: [
        ConsentScope(), ConsentScope(purposes: [Code("admission")]),
        ConsentScope(organisationTypes: [.hospital], officeNumbers: ["9910000002"]),
    ])
    func `a withdrawal is written and read back`(scope: ConsentScope) throws {
        let day = try #require(Day("2026-05-01"))
        let withdrawal = ConsentWithdrawal(on: day, scope: scope)
        let json = try Self.record().withdrawn(withdrawal, by: Code("self"))
        let record = try ConsentRecord(json)
        #expect(record.withdrawal == withdrawal)
        #expect(withdrawal.isWhole == scope.isEmpty)
        #expect(record.json["withdrawal"]?["by"]?.string == "self")
    }
}
