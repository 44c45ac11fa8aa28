import Delivery
import Gateway
import Primitives
import Storage
import TestKit
import Testing

/// A power cut at each commit of one sheet's way, at each of the three places.
@Suite struct CrashTests {
    enum Place: CaseIterable { case sender, exchange, recipient }

    @Test(arguments: Place.allCases, Faults.Moment.allCases)
    func `a stop at any commit loses nothing and doubles nothing`(
        place: Place,
        moment: Faults.Moment
    ) async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        for number in 1...40 {
            let fault = TownFault(at: number, moment)
            let sheet = try await FlowSheet.liaison(for: town.office(.careOffice))
            try await reopen(place, town, fault)
            var request = SendRequest(sheet: sheet)
            request.idempotencyKey = "stop \(number)"
            let failures = Town.FailureList()
            do {
                _ = try await town.office(.careOffice).send(request, by: Town.careManager)
            } catch { /* The same word is sent again after the start. */  }
            try await town.settle(rounds: 2, failures: failures)
            try await reopen(place, town, TownFault(at: 0))
            // What was refused for now comes again after its back-off.
            town.time.advance(by: .minutes(2))
            let sent = try await town.office(.careOffice).send(request, by: Town.careManager)
            try await town.settle(rounds: 2, failures: failures)
            let key = MessageKey(from: town.office(.careOffice).member, messageID: sent.messageID)
            #expect(try await town.state(key) == .delivered, "commit \(number)")
            #expect(try await town.rows(key) == 1, "commit \(number)")
            guard fault.isReached else {
                #expect(number > 3)
                break
            }
        }
        let inbox = try await town.office(.clinic).inbox(limit: .max)
        let outbox = try await town.office(.careOffice).outbox(limit: .max)
        #expect(Set(inbox.map(\.key.messageID)) == Set(outbox.map(\.message)))
        #expect(inbox.count == outbox.count)
    }

    private func reopen(_ place: Place, _ town: Town, _ fault: TownFault) async throws {
        switch place {
        case .sender: try await town.reopen(.careOffice, fault: fault)
        case .exchange: try await town.reopenExchange(fault: fault)
        case .recipient: try await town.reopen(.clinic, fault: fault)
        }
    }
}
