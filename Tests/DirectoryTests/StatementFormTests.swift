import Primitives
import TestKit
import Testing

@testable import Directory

/// The forms of the statements about members, keys and policy, member by member.
struct StatementFormTests {
    @Test(arguments: DirectoryForm.allCases)
    func `what is read is written again to the same bytes`(form: DirectoryForm) throws {
        let written = try form.rewritten(form.table.sample)
        #expect(written == form.table.sample.canonicalBytes)
        for variant in form.table.lighter {
            #expect(try form.rewritten(variant.json) == variant.json.canonicalBytes, "\(variant)")
        }
    }

    @Test(arguments: DirectoryForm.allCases)
    func `a member missing, unknown, mistyped or empty is refused`(form: DirectoryForm) {
        for variant in form.table.faults {
            #expect(throws: DecodingRefusal.self, "\(variant)") {
                try form.rewritten(variant.json)
            }
        }
    }

    @Test(arguments: DirectoryForm.allCases)
    func `another type or version is refused`(form: DirectoryForm) {
        let sample = form.table.sample
        let other = sample.setting("/type", to: .code(StatementType.accepted))
        #expect(throws: DecodingRefusal(.badForm, at: "/type")) { try form.rewritten(other) }
        let later = sample.setting("/version", to: 2)
        #expect(throws: DecodingRefusal(.badVersion, at: "/version")) { try form.rewritten(later) }
    }

    @Test(arguments: [
        ("/telephone", "06-0000"), ("/telephone", "06-0000-000001"), ("/telephone", "-0600000001"),
        ("/reviewedAt", "2026-02-30"), ("/desks/0/deskId", "窓口"),
        ("/desks/0/hours/0/from", "17:00"), ("/desks/0/hours/0/to", "24:01"),
        ("/desks/0/hours/0/days/0", "holiday"), ("/desks/0/absence/to", "2026-11-30"),
        ("/accepts/0/urgencies/0", "soon"), ("/suites/0", "Renkei 1"),
        ("/desks/0/name", "a\u{1B}[2J"), ("/desks/0/absence/text", "a\nb"),
        ("/desks/0/careManagerHours/0/note", "\u{202E}a"), ("/gateway/product", "a\r"),
        ("/desks/0/name", "a\u{2029}b"), ("/backupHospitals/0/forConditions", "肺\u{1B}炎"),
    ])
    func `a value out of its form is refused`(place: String, value: String) {
        let json = Samples.entry.setting(place, to: .string(value))
        #expect(throws: DecodingRefusal.self) { try DirectoryEntry(content: json) }
    }

    @Test(arguments: ["/displayName", "/address", "/area", "/legalNameKana"])
    func `words of a membership are one line`(place: String) throws {
        _ = try Membership(content: Samples.membership)
        for mark in ["\n", "\t", "\u{1B}", "\u{2028}", "\u{202E}", "\u{85}"] {
            let json = Samples.membership.setting(place, to: .string("架空" + mark + "市"))
            #expect(throws: DecodingRefusal.self) { try Membership(content: json) }
        }
    }

    @Test func `a number below zero is refused`() {
        for place in ["/entryNumber", "/maximumMessageBytes", "/desks/0/deputies/0/after"] {
            let json = Samples.entry.setting(place, to: -1)
            #expect(throws: DecodingRefusal.self) { try DirectoryEntry(content: json) }
        }
    }

    @Test func `an entry has 1 to 40 desks`() throws {
        let desk = try required(Samples.entry["desks"]?.array?.first)
        for (count, isRead) in [(0, false), (1, true), (40, true), (41, false)] {
            let desks = [JSON](repeating: desk, count: count)
            let json = Samples.entry.setting("/desks", to: .array(desks))
            let entry = try? DirectoryEntry(content: json)
            #expect((entry != nil) == isRead)
        }
    }

    @Test func `an empty list of features is refused, since none is written without it`() {
        let json = Samples.entry.setting("/features", to: [])
        #expect(throws: DecodingRefusal(.badForm, at: "/features")) {
            try DirectoryEntry(content: json)
        }
    }

    @Test func `a member revokes its own keys alone`() throws {
        let own = Samples.revocation.setting("/issuer", to: .string(Samples.member))
        #expect(try Revocation(content: own).memberID.text == Samples.member)
        let other = own.setting("/memberId", to: .string(Samples.otherMember))
        #expect(throws: DecodingRefusal(.badForm, at: "/memberId")) {
            try Revocation(content: other)
        }
    }

    @Test func `an acceptance is found by sheet and version, by bytes`() throws {
        let entry = try DirectoryEntry(content: Samples.entry)
        let sheet = try required(SheetType("careLiaison"))
        #expect(entry.acceptance(of: sheet, version: "1.0.0") != nil)
        #expect(entry.acceptance(of: sheet, version: "1.0.1") == nil)
        let suite = try required(SuiteID("renkei-2026-1"))
        #expect(entry.canRead(suite, bytes: entry.maximumMessageBytes))
        #expect(!entry.canRead(suite, bytes: entry.maximumMessageBytes + 1))
        #expect(!entry.canRead(try required(SuiteID("renkei-2027-1")), bytes: 1))
    }

    @Test func `the default policy has the values of the documents`() throws {
        let policy = try Policy(content: Samples.policy)
        #expect(policy.clocks[.expires, .routine] == .days(7))
        #expect(policy.clocks[.notDeliveredFirst, .emergency] == .minutes(3))
        #expect(policy.limits[.pairMessages] == 2000)
        #expect(policy.mergeDelaySeconds == 86_400)
    }
}

/// The statements of this module.
enum DirectoryForm: String, CaseIterable, Sendable {
    case membership, entry, paperEntry, policy, revocation, rotation

    var table: FormTable {
        switch self {
        case .membership:
            FormTable(
                Samples.membership,
                optional: ["/logPublicKey", "/recovery"],
                free: ["/legalNameKana", "/address", "/area"]
            )
        case .entry:
            FormTable(Samples.entry, optional: Samples.entryOptional, free: Samples.entryFree)
        case .paperEntry:
            FormTable(Samples.paperEntry, optional: Samples.entryOptional, free: Samples.entryFree)
        case .policy: FormTable(Samples.policy, optional: ["/witnesses/0/memberId"])
        case .revocation: FormTable(Samples.revocation)
        case .rotation: FormTable(Samples.rotation, optional: ["/successor"])
        }
    }

    func rewritten(_ json: JSON) throws(DecodingRefusal) -> [UInt8] {
        switch self {
        case .membership: try Membership(content: json).content
        case .entry, .paperEntry: try DirectoryEntry(content: json).content
        case .policy: try Policy(content: json).content
        case .revocation: try Revocation(content: json).content
        case .rotation: try Rotation(content: json).content
        }
    }
}
