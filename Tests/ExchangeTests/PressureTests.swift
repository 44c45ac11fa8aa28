import Cryptography
import Directory
import ExchangeAPI
import Primitives
import TestKit
import Testing

@testable import Exchange

/// What the exchange still takes in when its disk fills or its writer falls behind.
@Suite struct PressureTests {
    private static let gibibyte: Int64 = 1 << 30

    @Test(arguments: [
        (100, 100, DiskLevel.ample), (5, 100, .ample), (3, 20, .ample), (3, 21, .low),
        (4, 100, .ample), (2, 100, .low), (1, 20, .noRoutine), (1, 100, .noRoutine),
        (0, 100, .endingsOnly), (0, 1, .endingsOnly),
    ])
    func `a disk is short of room in bytes and as a share`(
        free: Int64,
        total: Int64,
        level: DiskLevel
    ) {
        let room = DiskRoom(freeBytes: free * Self.gibibyte, totalBytes: total * Self.gibibyte)
        #expect(room.level == level)
    }

    @Test(arguments: [
        (Urgency.routine, 2000, 2001), (.urgent, 3000, 3001), (.emergency, 4000, 4001),
    ])
    func `a writer that is behind takes the urgent ones first`(
        urgency: Urgency,
        most: Int,
        tooMany: Int
    ) throws {
        var pressure = Pressure()
        pressure.add(most)
        try pressure.admit(urgency, .ample)
        pressure.add(tooMany - most)
        #expect(throws: Refusal(.exchangeBusy, retryAfterSeconds: 2)) {
            try pressure.admit(urgency, .ample)
        }
        pressure.add(-tooMany)
        try pressure.admit(urgency, .ample)
    }

    @Test func `a full disk refuses what is new and finishes what is old`() async throws {
        let free = Lock<Int64>(100 * Self.gibibyte)
        var settings = ExchangeSettings()
        settings.diskRoom = {
            DiskRoom(freeBytes: free.withLock { $0 }, totalBytes: 100 * Self.gibibyte)
        }
        let place = try await SubmitTests.Place.make(settings)
        let full = Refusal(.storageFull, retryAfterSeconds: 60)
        let early = try await place.office.message(to: [place.hospital])
        let accepted = try await place.office.send(early)
        let late = try await place.office.message(to: [place.hospital])
        let urgent = try await place.office.message(to: [place.hospital], urgency: .urgent)

        free.withLock { $0 = 2 * Self.gibibyte - 1 }
        #expect(try await place.submit(late.wire).refusal == full)
        #expect(try await place.submit(urgent.wire).isNew)

        free.withLock { $0 = Self.gibibyte - 1 }
        let next = try await place.office.message(to: [place.hospital], urgency: .emergency)
        #expect(try await place.submit(next.wire).refusal == full)
        let chunk: [UInt8] = [1, 2, 3]
        await #expect(throws: ExchangeError.refused(full)) {
            try await place.office.service.putChunk(SHA256.hash(chunk), chunk)
        }
        // What is there goes its way: a repeat, the fetch, its receipt.
        #expect(try await place.submit(early.wire).receipt == accepted.bytes)
        _ = try await place.hospital.fetch(early.key)
        let delivered = try await place.hospital.delivered(early, after: accepted)
        #expect(try await place.hospital.service.acknowledge([delivered]).map(\.status) == [201])

        free.withLock { $0 = 100 * Self.gibibyte }
        #expect(try await place.submit(late.wire).isNew)
    }

    @Test func `the operator is told once that the disk fills, and again when it is worse`()
        async throws
    {
        let free = Lock<Int64>(3 * Self.gibibyte)
        var settings = ExchangeSettings()
        settings.diskRoom = {
            DiskRoom(freeBytes: free.withLock { $0 }, totalBytes: 100 * Self.gibibyte)
        }
        let exchange = try await LoopbackExchange.make(settings: settings)
        let told = Lock<[String]>([])
        func round() async {
            await exchange.node.tidy { error in told.withLock { $0.append(error.code) } }
        }
        for _ in 0..<3 { await round() }
        #expect(told.withLock { $0 } == ["diskLow"])
        free.withLock { $0 = Self.gibibyte }
        for _ in 0..<3 { await round() }
        #expect(told.withLock { $0 } == ["diskLow", "diskLow"])
        let levels: [DiskLevel] = [.endingsOnly, .noRoutine, .low]
        #expect(Set(levels.map { DiskAlarm(level: $0).summary }).count == levels.count)
        #expect(levels.allSatisfy { DiskAlarm(level: $0).isTemporary })
        #expect(levels.allSatisfy { !DiskAlarm(level: $0).advice.isEmpty })
    }
}
