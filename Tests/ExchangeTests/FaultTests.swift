import Audit
import Cryptography
import Delivery
import Directory
import ExchangeAPI
import Primitives
import Storage
import TestKit
import Testing

@testable import Exchange

/// The store fails at one call, the network at some: what was told stands, and nothing is told
/// twice in two ways.
struct FaultTests {
    @Test(arguments: Faults.Moment.allCases)
    func `one failing call of the store loses and doubles nothing`(
        moment: Faults.Moment
    ) async throws {
        var call = 1
        while true {
            let exchange = try await LoopbackExchange.make(seed: UInt64(call))
            let office = try await exchange.join(.careOffice)
            let hospital = try await exchange.join(.hospital)
            let faults = Faults(failingCall: call, moment)
            let store = FaultyExchangeStore(exchange.store, faults)
            let node = try await opened(exchange, on: store)
            let message = try await office.message(to: [hospital])

            let accepted = try await repeating {
                try await node.session(of: office.id).submit([message.wire])
            }
            let receipt = try SignedStatement(reading: try #require(accepted.receipt))
            let wire = try await fetched(message.key, from: node.session(of: hospital.id))
            #expect(wire.sealed == message.sealed)
            let delivered = try await hospital.delivered(message, after: receipt)
            _ = try await repeating {
                try await node.session(of: hospital.id).acknowledge([delivered])
            }
            try await check(exchange, message, office, [delivered])
            guard faults.calls >= call else { return }
            call += 1
        }
    }

    @Test func `a member that is registered has its paper, whatever fails`() async throws {
        var call = 1
        while true {
            let exchange = try await LoopbackExchange.make(seed: UInt64(call))
            let faults = Faults(failingCall: call)
            let node = try await opened(exchange, on: FaultyExchangeStore(exchange.store, faults))
            let size = try await exchange.leaves(.keys).count
            do {
                let profile = try WorldMember.profile(of: .clinic)
                let paper = try await node.addMember(
                    profile,
                    connection: .gateway,
                    verifiedBy: "operator"
                )
                #expect(paper.code != nil)
            } catch is ExchangeFault {
                #expect(try await exchange.leaves(.keys).count == size)
            }
            guard faults.calls >= call else { return }
            call += 1
        }
    }

    private func opened(
        _ exchange: LoopbackExchange,
        on store: any ExchangeStore
    ) async throws -> ExchangeNode {
        try await persistent { try await exchange.reopened(on: store) }
    }

    /// Calls again after a fault, as a courier does; nil asks for another try too.
    private func persistent<Answer>(_ call: () async throws -> Answer?) async throws -> Answer {
        var fault: any Error = Refusal(.internalFailure)
        for _ in 0..<100 {
            do {
                if let answer = try await call() { return answer }
            } catch {
                fault = error
            }
        }
        throw fault
    }

    /// The first item's result.
    private func repeating(
        _ call: () async throws -> [ItemResult]
    ) async throws -> ItemResult {
        try await persistent {
            let result = try required(try await call().first)
            return result.refusal?.isTemporary == true ? nil : result
        }
    }

    private func fetched(
        _ key: MessageKey,
        from service: any ExchangeService
    ) async throws -> WireMessage {
        try await persistent {
            let result = try await service.fetch([key]).first
            return if case .message(let wire, _, _) = result { wire } else { nil }
        }
    }

    /// One acceptance, one release, one delivery; the sender is told once.
    private func check(
        _ exchange: LoopbackExchange,
        _ message: LoopbackMessage,
        _ office: LoopbackMember,
        _ receipts: [WireStatement]
    ) async throws {
        let events = try await exchange.transportEvents()
        for event in ["message.accepted", "message.released", "message.delivered"] {
            #expect(events.count { $0 == event } == 1)
        }
        #expect(try await office.service.events(PageQuery(after: 0)).receipts == receipts)
        // The log is whole: a node opens on it and signs it.
        _ = try await exchange.reopened()
    }

    @Test(arguments: UInt64(1)...4)
    func `over a lossy network each message arrives once, with one receipt`(
        seed: UInt64
    ) async throws {
        let exchange = try await LoopbackExchange.make(seed: seed)
        let office = try await exchange.join(.careOffice)
        let hospital = try await exchange.join(.hospital)
        let sender = LossyExchange(office.service, seed: seed)
        let receiver = LossyExchange(hospital.service, seed: seed + 100)
        for _ in 0..<8 {
            let message = try await office.message(to: [hospital])
            let result = try await repeating { try await sender.submit([message.wire]) }
            let accepted = try SignedStatement(reading: try #require(result.receipt))
            let taken = try await fetched(message.key, from: receiver)
            #expect(taken.accepted == accepted.bytes)
            let delivered = try await hospital.delivered(message, after: accepted)
            _ = try await repeating { try await receiver.acknowledge([delivered]) }
        }
        let events = try await exchange.transportEvents()
        #expect(events.count { $0 == "message.accepted" } == 8)
        #expect(events.count { $0 == "message.delivered" } == 8)
        #expect(try await office.service.events(PageQuery(after: 0)).count == 8)
    }

    @Test func `a founded store is not founded again`() async throws {
        let exchange = try await LoopbackExchange.make()
        let again = Founding(
            name: "Another",
            host: try #require(LogHost("localhost")),
            keyStore: MemoryKeyStore(seed: "another".bytes),
            time: exchange.time,
            random: exchange.random
        )
        await #expect(throws: ExchangeFault.alreadyFounded) {
            _ = try await again.found(exchange.store)
        }
    }

    @Test func `without its keys or its trees there is no exchange`() async throws {
        let exchange = try await LoopbackExchange.make()
        await #expect(throws: ExchangeFault.notFounded) {
            _ = try await ExchangeNode.open(
                root: exchange.root,
                keyStore: MemoryKeyStore(),
                store: exchange.store,
                settings: ExchangeSettings(),
                seams: (exchange.time, exchange.random)
            )
        }
        let empty = try LoopbackExchange.inMemory(exchange.time, exchange.source)
        await #expect(throws: ExchangeFault.notFounded) {
            _ = try await exchange.reopened(on: empty)
        }
    }

    @Test func `under another root the tree does not hold`() async throws {
        let exchange = try await LoopbackExchange.make()
        let other = try await LoopbackExchange.make(seed: 2)
        await #expect(throws: ExchangeFault.directory(index: 1)) {
            _ = try await ExchangeNode.open(
                root: other.root,
                keyStore: exchange.keyStore,
                store: exchange.store,
                settings: ExchangeSettings(),
                seams: (exchange.time, exchange.random)
            )
        }
    }
}
