import Consent
import Directory
import Primitives
import Sheets
import TestKit

/// A sheet of the care office and the members it may go to.
struct ConsentWorld: Sendable {
    let messages: Messages

    /// Made once: nothing in it changes.
    static func make() async throws -> ConsentWorld { try await shared.value }

    private static let shared = Task {
        ConsentWorld(messages: try Messages(try await World.make()))
    }

    var now: Timestamp { messages.world.start }

    func sheet(_ edit: (inout JSONObject) -> Void = { _ in }) throws -> Sheet {
        try messages.sheet { sheet in
            var consent = sheet["consent"]?.object ?? [:]
            consent["scopePurposes"] = ["careCoordination"]
            consent["scopeOrgTypes"] = ["clinic", "hospital", "consultationRoom"]
            edit(&consent)
            sheet["consent"] = .object(consent)
        }
    }

    /// The record behind `sheet`.
    func record(
        _ edit: (inout JSONObject) -> Void = { _ in }
    ) throws -> ConsentRecord {
        try ConsentRecordTests.record {
            $0["scopeOrgTypes"] = ["clinic", "hospital", "consultationRoom"]
            $0["scopeOrgs"] = nil
            edit(&$0)
        }
    }

    func permit(
        _ sheet: Sheet,
        to places: [World.Place] = [.clinic],
        by records: [ConsentRecord]? = nil,
        purposes: [ConsentPurpose] = [Code("careCoordination")]
    ) throws(ConsentRefusal) -> Permit {
        try ConsentRegister(
            records: records ?? [],
            heldBy: messages.membership(.careOffice)
        ).permit(
            sheet,
            to: places.map(messages.recipient),
            under: ConsentTerms(purposes: purposes),
            at: now
        )
    }
}

extension ConsentRefusal {
    static func no(_ reason: Reason, _ rule: String) -> ConsentRefusal {
        ConsentRefusal(reason, rule: rule)
    }
}
