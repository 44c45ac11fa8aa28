import Audit
import Delivery
import Directory
import Gateway
import Primitives
import Storage
import TestKit
import Testing

/// The book of expectations over the town: both ends, deadlines, what closes a wait.
@Suite struct ExpectationFlowTests {
    /// The liaison sheet, asking for an answer by a day after the town's own.
    private func ask(_ town: Town, dueOn: String? = "2026-11-24") async throws -> MessageKey {
        let office = town.office(.careOffice)
        let sheet = try await FlowSheet.named("care-liaison-1", for: office) { sheet in
            sheet["replyDueOn"] = dueOn.map { .string($0) }
            if dueOn == nil { sheet["urgency"] = "routine" }
        }
        let sent = try await office.send(SendRequest(sheet: sheet), by: Town.careManager)
        try await town.settle()
        return MessageKey(from: office.member, messageID: sent.messageID)
    }

    private func book(_ town: Town, _ place: World.Place) async throws -> [ExpectationRow] {
        try await town.office(place).expectations(limit: 100).map(\.row)
    }

    private func count(_ event: String, _ town: Town, _ place: World.Place) async throws -> Int {
        try await town.events(place).filter { $0.hasPrefix(event) }.count
    }

    @Test func `what is asked stands in both books until the answer is there`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let key = try await ask(town)
        let awaited = try #require(try await book(town, .careOffice).first)
        let owed = try #require(try await book(town, .clinic).first)
        #expect(awaited.name == ExpectationName(key, town.office(.clinic).member, .reply))
        #expect(owed.name == ExpectationName(key, key.from, .reply))
        #expect(!awaited.name.isOwed && owed.name.isOwed)
        #expect(awaited.due == Timestamp("2026-11-24T14:59:59.000Z"))
        #expect(owed.due == awaited.due)
        let shown = try await town.office(.careOffice).expectations(limit: 1)
        #expect(shown.map(\.telephone?.text) == ["06-0000-1001"])
        #expect(shown.map(\.sheetType?.text) == ["careLiaison"])
        try await answer(town)
        #expect(try await book(town, .careOffice).isEmpty)
        #expect(try await book(town, .clinic).isEmpty)
        #expect(try await town.state(key) == .replied)
    }

    @Test func `without a day of its own a routine sheet waits seven days`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        _ = try await ask(town, dueOn: nil)
        for place in [World.Place.careOffice, .clinic] {
            let rows = try await book(town, place)
            #expect(rows.map(\.due) == [Timestamp("2026-11-28T14:59:59.000Z")])
        }
    }

    @Test func `an overdue answer is told once at both ends, also after a restart`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        _ = try await ask(town)
        town.time.advance(by: .days(3))
        try await town.settle()
        #expect(try await count("deadline.passed reply", town, .careOffice) == 0)
        town.time.advance(by: .days(1))
        try await town.settle()
        for place in [World.Place.careOffice, .clinic] {
            #expect(try await count("deadline.passed reply", town, place) == 1)
            try await town.reopen(place)
        }
        town.time.advance(by: .minutes(5))
        try await town.settle()
        for place in [World.Place.careOffice, .clinic] {
            #expect(try await count("deadline.passed reply", town, place) == 1)
            let shown = try await town.office(place).expectations(limit: 10)
            #expect(shown.map(\.isOverdue) == [true])
            #expect(shown.allSatisfy { $0.row.passedAt != nil })
        }
        // A late answer is an answer.
        try await answer(town)
        #expect(try await book(town, .careOffice).isEmpty)
        #expect(try await book(town, .clinic).isEmpty)
    }

    @Test func `a desk that stays silent is followed by its deputy`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let clinic = town.office(.clinic)
        let deputy = try #require(DeskID("ward"))
        try await clinic.addDesk(
            DirectoryDesk(deputy, name: "病棟", kind: try #require(Department("none"))),
            by: Town.nurse
        )
        try await clinic.changeDesk(try #require(DeskID("main")), by: Town.nurse) { desk in
            desk.deputies = [Deputy(deputy, afterMinutes: 0)]
        }
        _ = try await ask(town)
        town.time.advance(by: .days(4))
        try await town.settle()
        #expect(try await book(town, .clinic).map(\.desk) == [deputy])
        #expect(try await book(town, .careOffice).map(\.desk) == [nil])
        #expect(try await count("deadline.escalated", town, .clinic) == 1)
        #expect(try await count("deadline.escalated", town, .careOffice) == 0)
    }

    @Test func `an outcome closes the thread when it is done, not when it is planned`()
        async throws
    {
        let town = try await Town.make()
        _ = try await send("referred-patient-status-1", from: .clinic, town)
        _ = try await send("outcome-request-1", from: .clinic, town)
        let hospital = town.office(.hospital).member
        // The room cannot give an outcome: it owes none.
        #expect(try await book(town, .clinic).map(\.name.peer) == [hospital, hospital])
        #expect(try await book(town, .consultationRoom).isEmpty)
        #expect(try await book(town, .hospital).count == 2)
        // The clock of an outcome starts with the admission.
        #expect(try await book(town, .hospital).contains { $0.due == nil })
        let planned = try await outcome(town, "planned", "decided")
        #expect(planned == 2)
        #expect(try await outcome(town, "done", "done") == 0)
        #expect(try await book(town, .hospital).isEmpty)
    }

    @Test func `word of the discharge is awaited without a day`() async throws {
        let town = try await Town.make(places: [.careOffice, .hospital])
        _ = try await send("admission-info-1", from: .careOffice, town)
        for place in [World.Place.careOffice, .hospital] {
            let rows = try await book(town, place)
            #expect(rows.map(\.name.kind) == [.discharge])
            #expect(rows.map(\.due) == [nil])
        }
        town.time.advance(by: .days(30))
        try await town.settle()
        #expect(try await count("deadline.passed discharge", town, .hospital) == 0)
    }

    @Test func `nothing is awaited of a copy that has ended`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        town.wire(.clinic).fail { $0.isDown = true }
        let office = town.office(.careOffice)
        let sheet = try await FlowSheet.named("care-liaison-1", for: office) { sheet in
            sheet["replyDueOn"] = "2026-12-24"
        }
        let sent = try await office.send(SendRequest(sheet: sheet), by: Town.careManager)
        let key = MessageKey(from: office.member, messageID: sent.messageID)
        try await town.settle(failures: Town.FailureList())
        #expect(try await book(town, .careOffice).count == 1)
        town.time.advance(by: .days(8))
        try await town.settle(failures: Town.FailureList())
        #expect(try await town.state(key) == .expired)
        #expect(try await book(town, .careOffice).isEmpty)
    }

    // MARK: Sending

    private func answer(_ town: Town) async throws {
        try await town.settle(rounds: 1)
        _ = try await send("care-liaison-reply-1", from: .clinic, town)
    }

    /// An outcome of the stage, under a new sheet id; how many waits are left at the clinic.
    private func outcome(_ town: Town, _ name: String, _ stage: String) async throws -> Int {
        let office = town.office(.hospital)
        let sheet = try await FlowSheet.named("patient-outcome-reply-1", for: office) { sheet in
            guard case .object(var body)? = sheet["body"] else { return }
            body["outcomeStage"] = .string(stage)
            sheet["body"] = .object(body)
            let digit = name == "planned" ? "1" : "2"
            sheet["sheetId"] = .string("7c1f0a52-3a57-4d43-9d0e-0a5f3a1b2c3\(digit)")
        }
        _ = try await office.send(SendRequest(sheet: sheet), by: Town.nurse)
        try await town.settle()
        return try await book(town, .clinic).count
    }

    private func send(
        _ name: String,
        from place: World.Place,
        _ town: Town
    ) async throws -> MessageKey {
        let office = town.office(place)
        let sheet = try await FlowSheet.named(name, for: office) { sheet in
            // Answers in the past are none of these tests' matter.
            if sheet["replyDueOn"] != nil { sheet["replyDueOn"] = "2026-11-30" }
            sheet["attachments"] = nil
            guard case .object(var body)? = sheet["body"] else { return }
            body["enclosedPlans"] = nil
            sheet["body"] = .object(body)
        }
        let sent = try await office.send(SendRequest(sheet: sheet), by: Town.nurse)
        try await town.settle()
        return MessageKey(from: office.member, messageID: sent.messageID)
    }
}
