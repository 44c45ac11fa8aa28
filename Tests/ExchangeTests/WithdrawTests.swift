import Audit
import Delivery
import Directory
import ExchangeAPI
import Foundation
import Primitives
import Storage
import TestKit
import Testing

@testable import Exchange

/// A sender takes a message back: every answer of the exchange, by what has left it.
struct WithdrawTests {
    /// A message that waits at the exchange.
    private struct Case {
        let exchange: LoopbackExchange
        let office: LoopbackMember
        let hospital: LoopbackMember
        let message: LoopbackMessage
        let accepted: SignedStatement

        var key: MessageKey { message.key }

        static func make() async throws -> Case {
            let exchange = try await LoopbackExchange.make()
            let office = try await exchange.join(.careOffice)
            let hospital = try await exchange.join(.hospital)
            let message = try await office.message(to: [hospital], life: .hours(1))
            let accepted = try await office.send(message)
            return Case(
                exchange: exchange,
                office: office,
                hospital: hospital,
                message: message,
                accepted: accepted
            )
        }

        func withdraw() async throws -> (wire: WireStatement, result: ItemResult) {
            let wire = try await office.withdrawal(key, after: accepted)
            let result = try required(try await office.service.acknowledge([wire]).first)
            return (wire, result)
        }

        func acknowledge(_ wire: WireStatement) async throws -> ItemResult {
            try required(try await hospital.service.acknowledge([wire]).first)
        }

        func state() async throws -> DeliveryState? {
            let (key, to) = (key, hospital.id)
            return try await exchange.store.read { stored throws(StoreError) in
                try stored.copy(key, to: to)?.state
            }
        }

        func arrive() async throws -> WireStatement {
            _ = try await hospital.fetch(key)
            let delivered = try await hospital.delivered(message, after: accepted)
            #expect(try await acknowledge(delivered).isNew)
            return delivered
        }
    }

    @Test func `what never left is withdrawn, and both sides have it signed`() async throws {
        let test = try await Case.make()
        let (wire, result) = try await test.withdraw()
        #expect(result.isNew)
        #expect(try await test.state() == .withdrawn)
        for member in [test.office, test.hospital] {
            #expect(try await member.told() == [.neverReleased])
        }
        let refused = await #expect(throws: Refusal.self) {
            try await test.hospital.fetch(test.key)
        }
        #expect(refused?.reason == .bodyGone)
        #expect(try await test.hospital.service.inbox(InboxQuery(since: 0))?.items.isEmpty == true)
        let again = try await test.office.service.acknowledge([wire])
        #expect(again.first?.refusal == nil && again.first?.isNew == false)
        let events = try await test.exchange.transportEvents()
        #expect(events.suffix(2) == ["withdrawal.requested", "withdrawal.answered"])
    }

    @Test func `what has left is answered by its time, and passed on`() async throws {
        let test = try await Case.make()
        _ = try await test.hospital.fetch(test.key)
        let released = test.exchange.time.now
        test.exchange.time.advance(by: .minutes(1))
        #expect(try await test.withdraw().result.isNew)
        #expect(try await test.state() == .released)
        #expect(try await test.office.told() == [.released(at: released)])
        #expect(try await test.hospital.withdrawals() == [test.key])
        // It never gave a receipt, and says that nobody opened it.
        let wire = try await test.office.withdrawal(test.key, after: test.accepted)
        let stored = try await test.hospital.passedOn()
        #expect(stored != wire.bytes, "signed once; this is another signature")
        let answer = try await test.hospital.answer(
            .neverOpened,
            to: WireStatement(bytes: try required(stored)),
            of: test.key
        )
        #expect(try await test.acknowledge(answer).isNew)
        #expect(try await test.state() == .withdrawn)
        #expect(try await test.office.told() == [.released(at: released), .neverOpened])
        // Whatever it signs afterwards comes too late, and both sides must talk.
        let late = try await test.hospital.delivered(test.message, after: test.accepted)
        #expect(try await test.acknowledge(late).refusal?.reason == .deliveryClosed)
        let events = try await test.exchange.transportEvents()
        #expect(events.last == "delivery.conflict delivered")
    }

    @Test(arguments: [false, true])
    func `the recipient says whether it was opened`(isOpened: Bool) async throws {
        let test = try await Case.make()
        let delivered = try await test.arrive()
        if isOpened {
            let opened = try await test.hospital.opened(test.key, after: delivered)
            #expect(try await test.acknowledge(opened).isNew)
        }
        let (wire, result) = try await test.withdraw()
        #expect(result.isNew)
        // The exchange has nothing to say: the recipient has the sheet, and signed so.
        #expect(try await test.office.told().isEmpty)
        let outcome: WithdrawalOutcome =
            isOpened ? .alreadyOpened(at: test.exchange.time.now) : .neverOpened
        let wrong: WithdrawalOutcome = isOpened ? .neverOpened : .neverReleased
        let forged = try await test.hospital.answer(wrong, to: wire, of: test.key)
        #expect(try await test.acknowledge(forged).refusal != nil)
        let answer = try await test.hospital.answer(outcome, to: wire, of: test.key)
        #expect(try await test.acknowledge(answer).isNew)
        #expect(try await !test.acknowledge(answer).isNew)
        #expect(try await test.office.told() == [outcome])
        #expect(try await test.state() == (isOpened ? .opened : .withdrawn))
    }

    @Test func `what expired was never released`() async throws {
        let test = try await Case.make()
        test.exchange.time.advance(by: .hours(2))
        try await test.exchange.tidy()
        #expect(try await test.withdraw().result.isNew)
        #expect(try await test.state() == .expired)
        #expect(try await test.office.told() == [.neverReleased])
    }

    @Test func `what was refused is not there to be taken back`() async throws {
        let test = try await Case.make()
        _ = try await test.hospital.fetch(test.key)
        let refused = try await test.hospital.refused(test.message, after: test.accepted)
        #expect(try await test.acknowledge(refused).isNew)
        #expect(try await test.withdraw().result.refusal?.reason == .bodyGone)
    }

    @Test func `each copy is answered by itself`() async throws {
        let exchange = try await LoopbackExchange.make()
        let office = try await exchange.join(.careOffice)
        let hospital = try await exchange.join(.hospital)
        let clinic = try await exchange.join(.clinic)
        let message = try await office.message(to: [hospital, clinic])
        let accepted = try await office.send(message)
        _ = try await hospital.fetch(message.key)
        let wire = try await office.withdrawal(message.key, after: accepted)
        #expect(try await office.service.acknowledge([wire]).first?.isNew == true)
        let told = try await office.told()
        #expect(told.count == 2 && told.contains(.neverReleased))
        #expect(told.contains(.released(at: exchange.time.now)))
        #expect(try await hospital.withdrawals() == [message.key])
        #expect(try await clinic.told() == [.neverReleased])
        #expect(try await clinic.withdrawals().isEmpty)
    }

    @Test func `another withdrawal, a stranger's and one of nothing are refused`() async throws {
        let test = try await Case.make()
        let foreign = MessageKey(from: test.hospital.id, messageID: test.key.messageID)
        let other = try await test.hospital.withdrawal(foreign, after: test.accepted)
        // The name in it is the stranger's own, and has sent no such message.
        #expect(try await test.acknowledge(other).refusal?.reason == .notFound)
        let stolen = try await test.office.withdrawal(test.key, after: test.accepted)
        #expect(try await test.acknowledge(stolen).refusal?.reason == .notYourName)
        let wrong = try await test.office.withdrawal(
            test.key,
            after: try SignedStatement(reading: test.message.submission.bytes)
        )
        let differs = try await test.office.service.acknowledge([wrong])
        #expect(differs.first?.refusal?.reason == .hashDiffers)
        #expect(try await test.withdraw().result.isNew)
        let second = try await test.office.withdrawal(
            test.key,
            after: test.accepted,
            because: .other
        )
        let conflict = try await test.office.service.acknowledge([second])
        #expect(conflict.first?.refusal?.reason == .statementConflict)
    }

    private static let isLong = ProcessInfo.processInfo.environment["RENKEI_LONG"] != nil

    /// Every pair of a withdrawal and a fetch is a race of its own; 10,000 of them where the long
    /// suite runs.
    @Test(arguments: [(onDisk: false, rounds: isLong ? 50 : 1), (onDisk: true, rounds: 1)])
    func `a copy is withdrawn or released, never both`(
        test: (onDisk: Bool, rounds: Int)
    ) async throws {
        for _ in 0..<test.rounds {
            let folder = try TemporaryFolder()
            let exchange =
                test.onDisk ? try await folder.exchange() : try await LoopbackExchange.make()
            try await race(200, at: exchange)
        }
    }

    private func race(_ count: Int, at exchange: LoopbackExchange) async throws {
        let office = try await exchange.join(.careOffice)
        let hospital = try await exchange.join(.hospital)
        var fetched: [MessageKey: FetchResult] = [:]
        for number in 0..<count {
            let message = try await office.message(to: [hospital])
            let accepted = try await office.send(message)
            let wire = try await office.withdrawal(message.key, after: accepted)
            let isFetchFirst = number.isMultiple(of: 2)
            async let early = isFetchFirst ? hospital.service.fetch([message.key]) : []
            async let withdrawn = office.service.acknowledge([wire])
            async let late = isFetchFirst ? [] : hospital.service.fetch([message.key])
            #expect(try await withdrawn.first?.isNew == true)
            fetched[message.key] = try await (early + late).first
            exchange.time.advance(by: .seconds(1))
        }
        var released = 0
        let told = try await office.answers()
        for (key, result) in fetched {
            switch result {
            case .message:
                released += 1
                #expect(told[key]?.code == .released)
            case .refused: #expect(told[key] == .neverReleased)
            }
        }
        let events = try await exchange.transportEvents()
        #expect(fetched.count == count)
        #expect(events.count { $0 == "message.released" } == released)
        #expect(events.count { $0 == "withdrawal.answered" } == count - released)
        #expect(events.count { $0 == "withdrawal.answered released" } == released)
    }
}

extension LoopbackMember {
    private func statements() async throws -> [SignedStatement] {
        var all: [SignedStatement] = []
        var cursor: Int64 = 0
        while true {
            let page = try await service.events(PageQuery(after: cursor))
            guard let last = page.last else { return all }
            cursor = last.cursor
            for event in page {
                guard case .statement(let wire) = event.body else { continue }
                all.append(try SignedStatement(reading: wire.bytes))
            }
        }
    }

    /// The answers to withdrawals that the member was told, in order.
    fileprivate func told() async throws -> [WithdrawalOutcome] {
        try await statements().filter { $0.type == .withdrawalAnswer }.map {
            try $0.body(as: WithdrawalAnswerStatement.self).outcome
        }
    }

    fileprivate func answers() async throws -> [MessageKey: WithdrawalOutcome] {
        var answers: [MessageKey: WithdrawalOutcome] = [:]
        for statement in try await statements() where statement.type == .withdrawalAnswer {
            let body = try statement.body(as: WithdrawalAnswerStatement.self)
            #expect(answers[body.head.message] == nil)
            answers[body.head.message] = body.outcome
        }
        return answers
    }

    /// The messages whose withdrawal was passed on to the member.
    fileprivate func withdrawals() async throws -> [MessageKey] {
        try await statements().filter { $0.type == .withdrawal }.compactMap(\.messageKey)
    }

    fileprivate func passedOn() async throws -> [UInt8]? {
        try await statements().first { $0.type == .withdrawal }?.bytes
    }
}
