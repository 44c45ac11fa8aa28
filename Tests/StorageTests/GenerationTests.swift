import Primitives
import Testing

@testable import Storage

/// Which backups go when a new one was made.
@Suite struct GenerationTests {
    typealias World = StorageWorld

    private static func backup(
        _ day: Day,
        hour: Int = 2,
        _ part: BackupManifest.Part = .store,
        of owner: PartyID = PartyID(World.office)
    ) -> BackupName {
        BackupName(
            kind: .gateway,
            owner: owner,
            part: part,
            madeAt: Timestamp(startOfDayInJapan: day).adding(.hours(hour))
        )
    }

    private static let last = World.demand(Day("2026-11-23"))

    /// One each night, the newest last.
    private static func nights(_ count: Int, _ part: BackupManifest.Part = .store) -> [BackupName] {
        (0..<count).reversed().map { backup(last.adding(days: -$0), part) }
    }

    private static func kept(_ all: [BackupName], _ rule: Generations = Generations()) -> [Day] {
        let ended = rule.ended(all, at: Timestamp(startOfDayInJapan: last).adding(.hours(3)))
        return all.filter { !ended.contains($0) }.map(\.madeAt.dayInJapan).sorted()
    }

    @Test func `of two years seven days stay, the ends of five weeks and of twelve months`() {
        let kept = Self.kept(Self.nights(730))
        let expected =
            [
                // The last of each month; the present one has its newest.
                "2025-12-31", "2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30",
                "2026-05-31", "2026-06-30", "2026-07-31", "2026-08-31", "2026-09-30",
                "2026-10-31",
                // Sundays; this week has its newest.
                "2026-11-01", "2026-11-08", "2026-11-15",
            ] + (17...23).map { "2026-11-\($0)" }
        #expect(kept.map(\.description) == expected)
    }

    @Test func `of one day the newest stays`() {
        let all = [1, 5, 23].map { Self.backup(Self.last, hour: $0) }
        #expect(Generations().ended(all, at: all[2].madeAt) == Set(all.prefix(2)))
    }

    @Test func `days without a backup cost no other one its place`() {
        let old = (0..<7).map { Self.backup(Self.last.adding(days: -400 - $0)) }
        #expect(Self.kept(old).count == 7)
        #expect(Self.kept(old + [Self.backup(Self.last)]).count == 7)
    }

    @Test func `wrapped keys go after their time, the newest never`() {
        #expect(Self.kept(Self.nights(90, .keys)).count == 30)
        let old = [Self.backup(Self.last.adding(days: -300), .keys)]
        #expect(Self.kept(old).count == 1)
        #expect(Self.kept(old + [Self.backup(Self.last, .keys)]) == [Self.last])
    }

    @Test func `each place has generations of its own, and the least rule keeps the newest`() {
        let rule = Generations(daily: 1, weekly: 0, monthly: 0)
        let others = Self.nights(9).map { name in
            Self.backup(name.madeAt.dayInJapan, of: PartyID(World.hospital))
        }
        #expect(Self.kept(Self.nights(9) + others, rule) == [Self.last, Self.last])
        #expect(Self.kept([], rule).isEmpty)
    }
}
