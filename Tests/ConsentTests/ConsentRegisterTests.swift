import Consent
import Directory
import Primitives
import Sheets
import TestKit
import Testing

/// Whether a sheet may go out.
struct ConsentRegisterTests {
    @Test func `a standing record gives the permit`() async throws {
        let world = try await ConsentWorld.make()
        let sheet = try world.sheet()
        let record = try world.record()
        let permit = try world.permit(sheet, by: [record])
        #expect(permit.ground == .record(record.id))
        #expect(permit.sheet.bytes == sheet.bytes)
        #expect(
            permit.recipients.map(\.membership.memberID) == [
                world.messages.world.member(.clinic).id
            ]
        )
        #expect(permit.grantedAt == world.now)
    }

    @Test func `nobody is no recipient`() async throws {
        let world = try await ConsentWorld.make()
        #expect(throws: ConsentRefusal.no(.recipient, "C-2")) {
            _ = try world.permit(try world.sheet(), to: [], by: [try world.record()])
        }
    }

    @Test func `obtained needs a record that is held`() async throws {
        let world = try await ConsentWorld.make()
        #expect(throws: ConsentRefusal.no(.none, "C-2")) {
            _ = try world.permit(try world.sheet(), by: [])
        }
        #expect(throws: ConsentRefusal.no(.none, "C-2")) {
            let sheet = try world.sheet { $0["consentRecordId"] = nil }
            _ = try world.permit(sheet, by: [try world.record()])
        }
    }

    struct Row: Sendable {
        let note: String
        let expected: ConsentRefusal
        let edit: @Sendable (inout JSONObject) -> Void
    }

    static let rows: [Row] = [
        Row(note: "another person", expected: .no(.person, "C-2")) {
            $0["patientRef"] = ["fullName": "佐藤 つる", "birthDate": "1940-11-30"]
        },
        Row(note: "another purpose", expected: .no(.scope, "C-2")) {
            $0["purposes"] = ["admission"]
        },
        Row(note: "another type of organisation", expected: .no(.recipient, "C-2")) {
            $0["scopeOrgTypes"] = ["hospital"]
        },
        Row(note: "another office", expected: .no(.recipient, "C-2")) {
            $0["scopeOrgTypes"] = nil
            $0["scopeOrgs"] = ["9910000003"]
        },
        Row(note: "another type of sheet", expected: .no(.scope, "C-2")) {
            $0["scopeSheets"] = ["admissionInfo"]
        },
        Row(note: "not begun", expected: .no(.scope, "C-2")) { $0["validFrom"] = "2026-11-22" },
        Row(note: "ended yesterday", expected: .no(.expired, "C-2")) {
            $0["validTo"] = "2026-11-20"
        },
        Row(note: "no family member", expected: .no(.family, "C-3")) {
            $0["familyMembersConsented"] = []
        },
        Row(note: "withdrawn", expected: .no(.withdrawn, "C-8")) {
            $0["withdrawal"] = ["on": "2026-11-01", "by": "self"]
        },
        Row(note: "withdrawn for this purpose", expected: .no(.withdrawn, "C-9")) {
            $0["withdrawal"] = ["on": "2026-11-01", "scope": ["purposes": ["careCoordination"]]]
        },
        Row(note: "withdrawn for this office", expected: .no(.withdrawn, "C-9")) {
            $0["withdrawal"] = ["on": "2026-11-01", "scope": ["scopeOrgs": ["9910000002"]]]
        },
        Row(note: "withdrawn for clinics", expected: .no(.withdrawn, "C-9")) {
            $0["withdrawal"] = ["on": "2026-11-01", "scope": ["scopeOrgTypes": ["clinic"]]]
        },
        Row(note: "given by another than stated", expected: .no(.none, "C-11")) {
            $0["status"] = "obtainedFromProxy"
            $0["givenBy"] = "family"
            $0["giverRelationship"] = "daughter"
            $0["proxyReason"] = "dementia"
        },
        Row(note: "pending", expected: .no(.none, "C-11")) { $0["status"] = "pending" },
    ]

    @Test(arguments: rows.indices)
    func `a record that does not cover the delivery refuses it`(_ index: Int) async throws {
        let row = Self.rows[index]
        let world = try await ConsentWorld.make()
        let record = try world.record(row.edit)
        let sheet = try world.sheet()
        #expect(throws: row.expected, "\(row.note)") {
            _ = try world.permit(sheet, by: [record])
        }
    }

    @Test func `what covers it still is enough`() async throws {
        let world = try await ConsentWorld.make()
        let edits: [(inout JSONObject) -> Void] = [
            { $0["validTo"] = "2026-11-21" }, { $0["validFrom"] = "2026-11-21" },
            { $0["validTo"] = nil }, { $0["scopeSheets"] = nil },
            {
                $0["scopeOrgTypes"] = nil
                $0["scopeOrgs"] = ["9910000002"]
            },
            { $0["withdrawal"] = ["on": "2026-11-01", "scope": ["purposes": ["admission"]]] },
            { $0["withdrawal"] = ["on": "2026-11-01", "scope": ["scopeOrgTypes": ["hospital"]]] },
        ]
        for edit in edits {
            let permit = try world.permit(try world.sheet(), by: [try world.record(edit)])
            #expect(permit.recipients.count == 1)
        }
    }

    @Test func `one of the purposes is enough`() async throws {
        let world = try await ConsentWorld.make()
        let purposes: [ConsentPurpose] = [Code("emergency"), Code("careCoordination")]
        let permit = try world.permit(
            try world.sheet(),
            by: [try world.record()],
            purposes: purposes
        )
        #expect(permit.recipients.count == 1)
    }

    @Test func `the consultation room is asked for besides`() async throws {
        let world = try await ConsentWorld.make()
        let sheet = try world.sheet { $0["scopePurposes"] = ["careCoordination", "consultation"] }
        #expect(throws: ConsentRefusal.no(.scope, "C-2")) {
            _ = try world.permit(sheet, to: [.consultationRoom], by: [try world.record()])
        }
        let record = try world.record { $0["purposes"] = ["careCoordination", "consultation"] }
        _ = try world.permit(sheet, to: [.consultationRoom], by: [record])
        #expect(throws: ConsentRefusal.no(.scope, "C-2")) {
            // The statement must say so too: the room itself checks nothing else.
            _ = try world.permit(try world.sheet(), to: [.consultationRoom], by: [record])
        }
    }

    @Test func `the statement covers the members that really get it`() async throws {
        let world = try await ConsentWorld.make()
        let sheet = try world.sheet { $0["scopeOrgTypes"] = ["clinic"] }
        #expect(throws: ConsentRefusal.no(.recipient, "C-2")) {
            _ = try world.permit(sheet, to: [.clinic, .hospital], by: [try world.record()])
        }
    }

    @Test func `implied consent needs no record`() async throws {
        let world = try await ConsentWorld.make()
        let sheet = try world.messages.sheet(
            "care-liaison-reply-1.json",
            from: .clinic,
            to: [.careOffice]
        )
        #expect(try world.permit(sheet, to: [.careOffice]).ground == .impliedByNotice)
        #expect(throws: ConsentRefusal.no(.recipient, "C-2")) {
            _ = try world.permit(sheet, to: [.hospital])
        }
    }

    @Test func `an emergency needs no record and keeps its scope`() async throws {
        let world = try await ConsentWorld.make()
        let sheet = try world.messages.sheet(
            "admission-info-1.json",
            from: .careOffice,
            to: [.hospital]
        ) { sheet in
            sheet["urgency"] = "emergency"
            var consent = sheet["consent"]?.object ?? [:]
            consent["status"] = "emergencyException"
            consent["emergencyReason"] = "意識がなく、家族に連絡がつかない。"
            consent["scopePurposes"] = ["emergency"]
            sheet["consent"] = .object(consent)
        }
        let purposes: [ConsentPurpose] = [Code("admission"), Code("emergency")]
        let permit = try world.permit(sheet, to: [.hospital], purposes: purposes)
        #expect(permit.ground == .emergency)
        #expect(throws: ConsentRefusal.no(.recipient, "C-2")) {
            _ = try world.permit(sheet, to: [.careOffice], purposes: purposes)
        }
    }

    @Test func `a legal exception has no scope`() async throws {
        let world = try await ConsentWorld.make()
        let sheet = try world.sheet { consent in
            consent["status"] = "legalException"
            consent["legalBasis"] = "高齢者虐待防止法 第7条"
            consent["scopeOrgTypes"] = nil
        }
        #expect(try world.permit(sheet, to: [.hospital]).ground == .law)
    }

    @Test(arguments: ConsentRefusal.Reason.allCases)
    func `every refusal advises`(reason: ConsentRefusal.Reason) {
        let refusal = ConsentRefusal(reason, rule: "C-2")
        #expect(refusal.code == "consentMissing")
        #expect(!refusal.advice.isEmpty && refusal.summary.contains("C-2"))
        #expect(!refusal.isTemporary)
    }
}
