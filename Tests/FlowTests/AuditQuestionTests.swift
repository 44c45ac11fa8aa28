import Audit
import Cryptography
import Delivery
import Directory
import Foundation
import Gateway
import Primitives
import Storage
import TestKit
import Testing

/// The auditor's questions on a made-up year: the answers are counted by hand.
@Suite struct AuditQuestionTests {
    @Test(arguments: MadeUpYear.answers)
    func `a year is counted as by hand`(expected: MadeUpYear.Answer) async throws {
        let office = try await MadeUpYear.office()
        let answer = try await office.gateway.answer(
            try #require(MadeUpYear.inquiry(expected.question, about: expected.name)),
            by: Town.nurse
        )
        for (figure, value) in expected.figures {
            #expect(answer[figure] == value, "\(figure)")
        }
        #expect(answer.rows.count == answer[.found])
        #expect(answer.rows.allSatisfy { $0.count == answer.columns.count })
    }

    @Test func `an emergency waits for its review, and a late review is told`() async throws {
        let office = try await MadeUpYear.office()
        func rows(_ question: AuditQuestion) async throws -> [[AuditAnswer.Cell]] {
            try await office.gateway.answer(
                try #require(MadeUpYear.inquiry(question)),
                by: Town.nurse
            ).rows
        }
        let read = try await rows(.emergencyReadings)
        #expect(read[0][2] == .patient(MadeUpYear.first) && read[0][5] == .nothing)
        #expect(read[1][2] == .patient(MadeUpYear.second) && read[1][8] == .number(1))
        let sent = try await rows(.emergencyExceptions)
        #expect(sent[0][2] == .patient(MadeUpYear.first) && sent[0][8] == .nothing)
        #expect(sent[1][2] == .patient(MadeUpYear.second) && sent[1][8] == .number(8))
        let much = try await rows(.unusualAmounts)
        #expect(
            much == [
                [
                    .day(try #require(Day("2027-09-21"))), .text(MadeUpYear.nurse), .number(7),
                    .number(2),
                ]
            ]
        )
    }

    @Test func `work is set beside its approval`() async throws {
        let town = try await Town.make(places: [.clinic])
        defer { town.close() }
        let gateway = town.office(.clinic)
        let now = town.time.now
        func person(_ name: String) -> Agent {
            Agent(.person, name: name, role: Town.nurse.role, assurance: .none)
        }
        // By the approver, however typed; too early; late; never ended.
        var plans: [MaintenanceID] = []
        for hours in [0, 1, 0, 0] {
            let from = now.adding(.hours(hours))
            let plan = try await gateway.approveMaintenance(
                "停止",
                from: from,
                to: from.adding(.hours(1)),
                by: person("Shiomi 薫")
            )
            plans.append(plan)
        }
        for (plan, name) in zip(plans, ["ｓｈｉｏｍｉ\u{200B}薫", "保守", "保守", "保守"]) {
            _ = try await gateway.startMaintenance(plan, "停止", by: person(name))
        }
        for plan in plans.prefix(2) {
            try await gateway.endMaintenance(plan, "済み", by: person("保守"))
        }
        town.time.advance(by: .hours(2))
        try await gateway.endMaintenance(plans[2], "済み", by: person("保守"))
        // Nothing begins or ends twice, and nothing is approved afterwards.
        await #expect(throws: GatewayError.self) {
            try await gateway.startMaintenance(plans[0], "停止", by: person("保守"))
        }
        await #expect(throws: GatewayError.self) {
            try await gateway.endMaintenance(plans[2], "済み", by: person("保守"))
        }
        await #expect(throws: GatewayError.self) {
            try await gateway.approveMaintenance(
                "停止",
                from: now,
                to: now.adding(.hours(1)),
                by: person("Shiomi 薫")
            )
        }
        let days = try #require(
            AuditPeriod(from: now.dayInJapan, to: now.dayInJapan.adding(days: 1))
        )
        let inquiry = OrganisationGateway.Inquiry(.maintenance, of: days, most: 100)
        let answer = try await gateway.answer(try #require(inquiry), by: Town.nurse)
        #expect(
            answer.rows.map { $0[4] }.filter { $0 != .nothing } == [
                .code("ownApproval"), .code("outsidePlan"), .code("planned"), .code("notEnded"),
                .code("late"),
            ]
        )
        #expect(answer.rows.count == 11 && answer[.unplanned] == 4)
    }

    @Test func `a period, a number of rows and a spelling are kept to`() async throws {
        let (gateway, town) = try await MadeUpYear.office()
        defer { town.close() }
        func found(_ from: String, _ to: String, most: Int = 100) async throws -> AuditAnswer {
            let first = try #require(Day(from))
            let last = try #require(Day(to))
            let inquiry = OrganisationGateway.Inquiry(
                .looksAtPatient,
                of: try #require(AuditPeriod(from: first, to: last)),
                about: "高崎太郎",
                most: most
            )
            return try await gateway.answer(try #require(inquiry), by: Town.nurse)
        }
        #expect(try await found("2027-01-01", "2027-12-31")[.found] == 4)
        #expect(try await found("2027-01-13", "2027-12-31")[.found] == 1)
        #expect(try await found("2027-01-12", "2027-01-12")[.found] == 3)
        #expect(try await found("2027-02-11", "2027-12-31").rows.isEmpty)
        let newest = try await found("2027-01-01", "2027-12-31", most: 1)
        #expect(newest.rows.count == 1 && newest[.found] == 4 && newest[.people] == nil)
        #expect(newest.rows[0][2] == .act(.breakGlassUsed))
        // Nothing in the period is not the same as nobody of that name.
        let missed = OrganisationGateway.Inquiry(
            .looksAtPatient,
            of: newest.period,
            about: "高崎 次郎",
            most: 1
        )
        let unknown = try await gateway.answer(try #require(missed), by: Town.nurse)
        #expect(unknown[.ofName] == 0)
        #expect(try await found("2027-02-11", "2027-12-31")[.ofName] ?? 0 > 0)
    }

    @Test func `asking and exporting are on record by what was given`() async throws {
        let (gateway, town) = try await MadeUpYear.office()
        defer { town.close() }
        let inquiry = try #require(MadeUpYear.inquiry(.looksAtPatient, about: "見本花子"))
        let answer = try await gateway.answer(inquiry, by: Town.nurse)
        let file = try await gateway.exported(inquiry, by: Town.nurse) {
            $0.fhir.canonicalBytes
        }
        let entries = try await gateway.auditEntries(of: "見本花子", message: nil, by: Town.nurse)
        let last = entries.suffix(2)
        #expect(last.map(\.leaf.facts.event) == [.auditQueried, .auditExported])
        let hashes = [answer.json.canonicalBytes, file].map(SHA256.hash)
        #expect(last.map(\.leaf.facts.object.sha256) == hashes)
        #expect(last.allSatisfy { $0.leaf.facts.reason?.text == "q1" })
        let newest = try await gateway.auditCheckpoint()
        #expect(answer.checkpoint.origin == newest.origin)
    }

    @Test func `FHIR tells who, what, whose, when and why`() async throws {
        let (gateway, town) = try await MadeUpYear.office()
        defer { town.close() }
        let inquiry = try #require(MadeUpYear.inquiry(.takenAway))
        let answer = try await gateway.answer(inquiry, by: Town.nurse)
        let events = try #require(answer.fhir["entry"]?.array)
        #expect(events.count == answer.entries.count && events.count == 4)
        let event = try #require(events[0]["resource"])
        #expect(event["resourceType"]?.string == "AuditEvent")
        #expect(event["recorded"]?.string == "2027-01-12T01:05:00.000Z")
        #expect(event["action"]?.string == "E" && event["outcome"]?.string == "0")
        #expect(event["subtype"]?.array?.first?["code"]?.string == "sheet.printed")
        let reason = event["purposeOfEvent"]?.array?.first?["coding"]?.array?.first
        #expect(reason?["code"]?.string == "TREAT")
        let agents = try #require(event["agent"]?.array)
        #expect(agents[0]["name"]?.string == Town.nurse.name)
        #expect(agents.map { $0["requestor"]?.bool } == [true, false])
        let entities = try #require(event["entity"]?.array)
        #expect(entities[0]["what"]?["display"]?.string == MadeUpYear.first.text)
    }

    @Test func `a question about somebody needs a name`() throws {
        for question in AuditQuestion.allCases {
            let isAsked = MadeUpYear.inquiry(question, about: " ") != nil
            #expect(isAsked == (question.subject == .office))
        }
    }

    @Test func `what was sent is followed to where it stands`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let office = town.office(.careOffice)
        let sheet = try await FlowSheet.named("care-liaison-1", for: office)
        let name = try #require(try JSON(reading: sheet)["patient"]?["fullName"]?.string)
        let sent = try await office.send(SendRequest(sheet: sheet), by: Town.careManager)
        let today = town.time.now.dayInJapan
        func ask(
            _ question: AuditQuestion,
            _ place: World.Place
        ) async throws -> [[AuditAnswer.Cell]] {
            let inquiry = OrganisationGateway.Inquiry(
                question,
                of: try #require(AuditPeriod(from: today, to: today)),
                about: name,
                most: 10
            )
            return try await town.office(place).answer(
                try #require(inquiry),
                by: Town.nurse
            ).rows
        }
        let waiting = try await ask(.notArrived, .careOffice)
        #expect(waiting.map { $0[3] } == [.code("queued")])
        #expect(waiting.map { $0[6] } == [.message(sent.messageID)])
        try await town.settle()
        #expect(try await ask(.notArrived, .careOffice).isEmpty)
        let here = try await ask(.notTakenOver, .clinic)
        #expect(here.map { $0[1] } == [.organisation(office.member)])
        #expect(here.map { $0[4] } == [.code("delivered")])
        let given = try await ask(.provisions, .careOffice)
        #expect(given.map { $0[1] } == [.act(.messageSigned)])
        #expect(given.map { $0[2] } == [.organisation(town.office(.clinic).member)])
        #expect(given.map { $0[4] } == [.code("delivered")])
        let taken = try await ask(.provisions, .clinic)
        #expect(taken.map { $0[1] } == [.act(.messageDelivered)])
        #expect(taken.map { $0[2] } == [.organisation(office.member)])
        let key = MessageKey(from: office.member, messageID: sent.messageID)
        try await town.office(.clinic).confirm(key, by: Town.nurse)
        #expect(try await ask(.notTakenOver, .clinic).isEmpty)
    }
}
