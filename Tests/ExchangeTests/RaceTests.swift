import Cryptography
import Delivery
import Directory
import ExchangeAPI
import Primitives
import Storage
import TestKit
import Testing

@testable import Exchange

/// Two that want the same row: exactly one wins, and no statement of the other is ever seen.
struct RaceTests {
    /// A fetch and the clock at `expiresAt`, at once.
    @Test(arguments: [false, true])
    func `a copy is released or expired, never both`(onDisk: Bool) async throws {
        let folder = try TemporaryFolder()
        let exchange =
            onDisk ? try await folder.exchange() : try await LoopbackExchange.make()
        let office = try await exchange.join(.careOffice)
        let hospital = try await exchange.join(.hospital)
        var messages: [LoopbackMessage] = []
        for _ in 0..<60 {
            messages.append(try await office.message(to: [hospital], life: .minutes(10)))
        }
        #expect(
            try await office.service.submit(messages.map(\.wire)).allSatisfy(\.isNew)
        )
        exchange.time.advance(by: .minutes(10))
        let keys = messages.map(\.key)
        async let tidied: Void = exchange.tidy()
        var fetched: [FetchResult] = []
        for key in keys.reversed() { fetched += try await hospital.service.fetch([key]) }
        try await tidied

        let told = Set(try await office.service.events(PageQuery(after: 0)).map(\.expired))
        var released = 0
        for (key, result) in zip(keys.reversed(), fetched) {
            switch result {
            case .message:
                released += 1
                #expect(!told.contains(key))
            case .refused(_, let refusal):
                #expect(refusal.reason == .bodyGone)
                #expect(told.contains(key))
            }
        }
        let events = try await exchange.transportEvents()
        #expect(events.count { $0 == "message.released" } == released)
        #expect(
            events.count { $0 == "message.expired neverReleased" } == keys.count - released
        )
    }

    @Test func `a revocation and a submission are decided one after the other`() async throws {
        let exchange = try await LoopbackExchange.make()
        let office = try await exchange.join(.careOffice)
        let hospital = try await exchange.join(.hospital)
        var batch: [WireMessage] = []
        for _ in 0..<20 { batch.append(try await office.message(to: [hospital]).wire) }
        let messages = batch
        async let submitted = office.service.submit(messages)
        try await exchange.node.revoke(
            office.signing.certificate.sha256,
            of: office.id,
            since: exchange.time.now,
            reason: .keyCompromise
        )
        for result in try await submitted where !result.isNew {
            #expect(result.refusal?.reason == .revoked)
        }
        // Whatever came before, nothing is taken after it.
        let late = try await office.message(to: [hospital])
        let result = try await office.service.submit([late.wire]).first
        #expect(result?.refusal?.reason == .revoked)
    }
}

extension WireEvent {
    /// The message of an *expired*.
    fileprivate var expired: MessageKey? {
        guard case .statement(let wire) = body else { return nil }
        do {
            return try SignedStatement(reading: wire.bytes)
                .body(as: ExpiredStatement.self).head.message
        } catch { return nil }
    }
}
