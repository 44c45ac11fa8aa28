import Cryptography
import Directory
import Primitives
import TestKit
import Testing

@testable import Gateway

/// How own keys stand, and on which days people are warned.
@Suite struct KeyReportTests {
    private static func line(
        _ usage: MemberKeyUsage,
        _ condition: KeyReport.Condition = .healthy,
        after: Duration = .zero,
        nextFrom: Duration? = nil
    ) async throws -> KeyReport.Line {
        let world = try await World.make()
        let store = MemoryKeyStore(seed: "report".bytes)
        let key = try await store.generate(usage.use, label: "key")
        let certificate = try await world.exchange.issue(
            usage.profile,
            to: world.member(.clinic).id,
            point: try store.point(key),
            from: world.start
        )
        return KeyReport.Line(
            usage,
            certificate,
            condition,
            nextFrom: nextFrom.map { world.start.adding($0) },
            at: world.start.adding(after)
        )
    }

    @Test(arguments: [
        (KeyReport.Condition.healthy, 0, KeyReport.Condition.healthy),
        (.healthy, 67, .overdue), (.healthy, 91, .ended), (.lost, 0, .lost),
        (.revoked, 91, .revoked),
    ])
    func `a signing key is late a day after its renewal, and ends with its certificate`(
        found: KeyReport.Condition,
        day: Int,
        told: KeyReport.Condition
    ) async throws {
        let line = try await Self.line(.signing, found, after: .days(day))
        #expect(line.condition == told)
        let next = try await Self.line(.signing, .healthy, after: .days(67), nextFrom: .days(68))
        #expect(next.condition == .changing)
    }

    @Test(arguments: [
        (MemberKeyUsage.signing, 10, Int?.none), (.signing, 67, 25), (.signing, 80, 14),
        (.signing, 88, 3), (.signing, 91, 1), (.transport, 10, nil), (.transport, 24, 7),
        (.transport, 28, 3), (.encryption, 10, nil), (.encryption, 310, 60),
    ])
    func `people are warned at the marks of days, of what should have renewed itself`(
        usage: MemberKeyUsage,
        day: Int,
        mark: Int?
    ) async throws {
        let line = try await Self.line(usage, after: .days(day))
        #expect(line.warning == mark, "\(line.daysLeft) days left")
    }

    @Test func `the worst of the keys says what works and what waits`() async throws {
        let good = try await Self.line(.transport)
        func state(
            _ usage: MemberKeyUsage,
            _ condition: KeyReport.Condition,
            isForeign: Bool = false,
            isFresh: Bool = true
        ) async throws -> KeyReport.State {
            let line = try await Self.line(usage, condition)
            return KeyReport([good, line], hasForeignKey: isForeign, isDirectoryFresh: isFresh)
                .state
        }
        #expect(try await state(.signing, .healthy) == .healthy)
        #expect(try await state(.signing, .overdue) == .renewalOverdue)
        #expect(try await state(.encryption, .overdue, isFresh: false) == .directoryStale)
        #expect(try await state(.encryption, .lost, isFresh: false) == .encryptionLost)
        #expect(try await state(.transport, .ended) == .transportEnded)
        #expect(try await state(.signing, .revoked) == .signingEnded)
        #expect(try await state(.signing, .lost, isForeign: true) == .foreignKey)
    }
}
