import Cryptography
import Directory
import ExchangeAPI
import Primitives
import TestKit
import Testing

@testable import Exchange

/// What one member may do in a time.
@Suite struct PaceTests {
    typealias Place = SubmitTests.Place

    private static func place(_ change: (inout PolicyLimits) -> Void) async throws -> Place {
        var settings = ExchangeSettings()
        change(&settings.limits)
        return try await Place.make(settings)
    }

    @Test func `a bucket gives its burst at once and then what flows back`() {
        var bucket = TokenBucket(burst: 3, perSecond: 0.5)
        #expect((0..<3).map { _ in bucket.take(1, at: .seconds(9)) } == [nil, nil, nil])
        #expect(bucket.take(1, at: .seconds(9)) == 2)
        #expect(bucket.take(1, at: .seconds(10)) == 1)
        #expect(bucket.take(1, at: .seconds(11)) == nil)
        #expect(bucket.take(3, at: .seconds(1000)) == nil)
        #expect(bucket.take(1, at: .seconds(1000)) == 2)
    }

    @Test func `who calls too often is told when to come again, and others are not held up`()
        async throws
    {
        let place = try await Self.place {
            $0[.requestsBurst] = 2
            $0[.requestsPerSecond] = 1
        }
        let node = place.exchange.node
        let office = place.office.transport.certificate.der
        for _ in 0..<2 { _ = try await node.session(for: office) }
        await #expect(throws: Refusal(.rateLimited, retryAfterSeconds: 1)) {
            _ = try await node.session(for: office)
        }
        _ = try await node.session(for: place.hospital.transport.certificate.der)
        place.exchange.time.advance(by: .seconds(1))
        _ = try await node.session(for: office)
    }

    @Test func `what stands in the directory for ever comes at a pace`() throws {
        var pace = Pace(PolicyLimits())
        let member = MemberID.make(SeededRandom(seed: 1))
        for _ in 0..<Limits.directoryChangesBurst {
            try pace.admitDirectoryChange(of: member, at: .zero)
        }
        #expect(throws: Refusal(.rateLimited, retryAfterSeconds: 3600)) {
            try pace.admitDirectoryChange(of: member, at: .zero)
        }
        try pace.admitDirectoryChange(of: member, at: .hours(1))
    }

    @Test func `an address tries to join ten times an hour, and others are not held up`()
        async throws
    {
        let node = try await LoopbackExchange.make().node
        for _ in 0..<Limits.enrolmentsPerAddressAndHour {
            try node.admitEnrolment(from: "192.0.2.1")
        }
        #expect(throws: Refusal(.rateLimited, retryAfterSeconds: 360)) {
            try node.admitEnrolment(from: "192.0.2.1")
        }
        try node.admitEnrolment(from: "192.0.2.2")
    }

    @Test func `new messages are counted, a repeat is not`() async throws {
        let place = try await Self.place {
            $0[.messagesBurst] = 1
            $0[.messagesPerSecond] = 1
        }
        let first = try await place.message().wire
        let second = try await place.message().wire
        #expect(try await place.submit(first).status == 201)
        #expect(try await place.submit(first).status == 200)
        let result = try await place.submit(second)
        #expect(result.refusal == Refusal(.rateLimited, retryAfterSeconds: 1))
        place.exchange.time.advance(by: .seconds(1))
        #expect(try await place.submit(second).status == 201)
    }

    @Test func `a repeat costs a call`() async throws {
        let place = try await Self.place {
            $0[.requestsBurst] = 2
            $0[.requestsPerSecond] = 1
        }
        let wire = try await place.message().wire
        #expect(try await place.submit(wire).status == 201)
        for _ in 0..<2 { #expect(try await place.submit(wire).status == 200) }
        let refusal = try await place.submit(wire).refusal
        #expect(refusal == Refusal(.rateLimited, retryAfterSeconds: 1))
        place.exchange.time.advance(by: .seconds(1))
        #expect(try await place.submit(wire).status == 200)
    }

    @Test func `the bytes of a day are counted`() async throws {
        let bytes = try await Place.make().message().wire.sealed.count
        let place = try await Self.place { $0[.bytesPerDay] = bytes }
        #expect(try await place.submit(try await place.message().wire).status == 201)
        let wire = try await place.message().wire
        let refusal = try await place.submit(wire).refusal
        #expect(refusal?.reason == .rateLimited)
        #expect(refusal?.isTemporary == true)
        place.exchange.time.advance(by: .days(1))
        let later = try await place.message().wire
        #expect(try await place.submit(later).status == 201)
    }
}
