import Delivery
import Directory
import ExchangeAPI
import Primitives
import TestKit
import Testing

@testable import Exchange
@testable import Gateway

/// Recipients that cannot take a sheet: told before anything of it is stored.
@Suite struct ReachTests {
    @Test func `who cannot read a sheet is told before it is stored, with its telephone`()
        async throws
    {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let clinic = town.office(.clinic)
        var entry = try #require(clinic.view.member(clinic.member)?.entry)
            .following(on: clinic.today)
        entry.accepts = []
        let signed = try await clinic.statementSigner().sign(entry, at: town.time.now)
        _ = try await clinic.exchange.acknowledge([WireStatement(bytes: signed.bytes)])
        _ = try await town.office(.careOffice).syncDirectory(waitSeconds: 0)
        let error = await #expect(throws: GatewayError.self) { try await town.sendLiaison() }
        #expect(error?.code == "recipientCannotRead")
        guard case .recipientUnreachable(_, let reach)? = error else {
            Issue.record("it says how else to reach the clinic")
            return
        }
        #expect(reach.telephone?.text == "06-0000-1001" && reach.name == "幻町内科クリニック")
        #expect(try await town.office(.careOffice).outbox(limit: 9).isEmpty)
        // After an update the entry says again what is read here, without anybody's help.
        try await town.settle()
        _ = try await town.sendLiaison()
    }

    @Test func `of a member on paper the sender is told telephone and fax`() async throws {
        let town = try await Town.make(places: [.careOffice])
        _ = try await town.addOnPaper(.clinic)
        _ = try await town.office(.careOffice).syncDirectory(waitSeconds: 0)
        let error = await #expect(throws: GatewayError.self) { try await town.sendLiaison() }
        guard case .recipientUnreachable(.paperOnlyRecipient, let reach)? = error else {
            Issue.record("it says how else to reach the clinic")
            return
        }
        #expect(reach.telephone?.text == "06-0000-3001" && reach.fax?.text == "06-0000-3002")
        #expect(try await town.office(.careOffice).outbox(limit: 9).isEmpty)
    }
}
