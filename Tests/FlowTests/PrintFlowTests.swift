import Audit
import Delivery
import Directory
import Envelope
import Gateway
import Primitives
import Sheets
import Storage
import TestKit
import Testing

/// What goes to paper, and what stands in the log for it.
@Suite struct PrintFlowTests {
    /// What people did with a message, oldest first.
    private func acts(
        on key: MessageKey,
        in office: OrganisationGateway
    ) async throws -> [AuditEvent] {
        let entries = try await office.auditEntries(
            of: nil,
            message: key.messageID,
            by: Town.nurse
        )
        return entries.map(\.leaf.facts.event).filter { $0 == .sheetOpened || $0 == .sheetPrinted }
    }

    @Test func `printing is on record, and opens what was unopened`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let key = try await town.sendLiaison()
        try await town.settle()
        let clinic = town.office(.clinic)
        let printed = try await clinic.printed(key, by: Town.nurse)
        #expect(printed.form.title == "医療・介護連携シート" && printed.newest == nil)
        #expect("\(printed)" == "a printed sheet")
        #expect(try await acts(on: key, in: clinic) == [.sheetOpened, .sheetPrinted])
        try await town.settle()
        #expect(try await town.state(key) == .opened)
        // Once more is one more leaf, and no second opening.
        _ = try await clinic.printed(key, by: Town.nurse, purpose: .patientRequest)
        let acts = try await acts(on: key, in: clinic)
        #expect(acts == [.sheetOpened, .sheetPrinted, .sheetPrinted])
    }

    @Test func `what was taken back unread is not printed`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let key = try await town.sendLiaison()
        try await town.settle()
        _ = try await town.withdraw(key)
        try await town.settle()
        let clinic = town.office(.clinic)
        await #expect(throws: GatewayError.self) {
            try await clinic.printed(key, by: Town.nurse)
        }
        #expect(try await acts(on: key, in: clinic).isEmpty)
    }

    // MARK: Certificate

    private func admission(_ town: Town) async throws -> MessageKey {
        let office = town.office(.careOffice)
        let sheet = try await FlowSheet.named("admission-info-1", for: office) { sheet in
            guard case .object(var body)? = sheet["body"] else { return }
            body["admittedOn"] = "2026-11-21"
            body["admittedTime"] = "10:00"
            body["enclosedPlans"] = nil
            sheet["body"] = .object(body)
            sheet["attachments"] = nil
        }
        let sent = try await office.send(SendRequest(sheet: sheet), by: Town.careManager)
        return MessageKey(from: office.member, messageID: sent.messageID)
    }

    private func rows(_ certificate: DeliveryCertificate) -> [String] {
        certificate.form.rows.map { row in row.cells.map(\.text).joined(separator: "｜") }
    }

    @Test func `a certificate tells every step, who took it and where it is proved`() async throws {
        let town = try await Town.make(places: [.careOffice, .hospital])
        let key = try await admission(town)
        try await town.settle()
        try await town.office(.hospital).confirm(key, by: Town.nurse)
        try await town.settle()
        let office = town.office(.careOffice)
        let certificate = try await office.certificate(of: key, to: nil)
        #expect(certificate.form.title == "到着証明書" && certificate.messageID == key.messageID)
        let rows = rows(certificate)
        #expect(rows.contains("書類名｜入院時情報提供書"))
        #expect(rows.contains("受付番号｜\(key.messageID.text)"))
        let steps = ["差出", "送信済", "到着", "開封", "受領確認"]
        let start = try #require(rows.firstIndex { $0.hasPrefix("差出｜") })
        for (offset, step) in steps.enumerated() {
            let row = rows[start + offset]
            #expect(row.hasPrefix(step + "｜令和8年11月21日 "), "\(row)")
        }
        let nurse = try #require(Town.nurse.name)
        #expect(rows[start + 3].hasSuffix(nurse) && rows[start + 4].hasSuffix(nurse))
        #expect(rows[start + 1].contains("交換所"))
        #expect(rows.contains { $0.hasPrefix("到着｜令和8年11月21日 ") && $0.hasSuffix("(Ⅰ) の期間内") })
        #expect(rows.contains(office.catalogue.admissionLiaison.note))
        #expect(rows.filter { $0.contains("/log/") }.count == 4)
        let receipts = try await office.receipts(of: key)
        let last = receipts.first { $0.statement.type == .confirmed }
        #expect(certificate.receiptSha256 == last?.statement.sha256)
        #expect("\(certificate)" == "DeliveryCertificate")
    }

    @Test func `no word of the sheet and no patient stands on a certificate`() async throws {
        let town = try await Town.make(places: [.careOffice, .hospital])
        let key = try await admission(town)
        try await town.settle()
        let certificate = try await town.office(.careOffice).certificate(of: key, to: nil)
        let text = rows(certificate).joined()
        for word in ["髙﨑", "𠮷之助", "タカサキ", "徐脈", "認知症", "9900000088"] {
            #expect(!text.contains(word))
        }
    }

    @Test func `what has not arrived is called no arrival`() async throws {
        let town = try await Town.make(places: [.careOffice, .hospital])
        town.wire(.hospital).fail { $0.isDown = true }
        let key = try await admission(town)
        try await town.settle(failures: Town.FailureList())
        let certificate = try await town.office(.careOffice).certificate(of: key, to: nil)
        #expect(certificate.form.title == "配達記録")
        let rows = rows(certificate)
        #expect(rows.contains("内容の SHA-256｜（届いていません）"))
        #expect(rows.contains("到着｜―｜｜"))
        #expect(!rows.contains { $0.contains("期間内") })
    }
}
