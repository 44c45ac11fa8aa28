import Directory
import Primitives
import Testing

@testable import Delivery

/// When somebody is told that a copy is late.
struct ClockTests {
    private static let start: Timestamp = {
        guard let time = Timestamp("2026-11-21T00:00:00.000Z") else {
            preconditionFailure("a fixed time")
        }
        return time
    }()

    private static func clock(
        _ urgency: Urgency,
        releasedAfter: Duration? = nil
    ) -> ArrivalClock {
        ArrivalClock(
            PolicyClocks(),
            urgency,
            acceptedAt: start,
            expiresAt: start.adding(.days(3)),
            releasedAt: releasedAfter.map { start.adding($0) }
        )
    }

    @Test(arguments: [
        (Urgency.emergency, Duration.minutes(3), Duration.minutes(10)),
        (.urgent, .hours(1), .hours(4)), (.routine, .hours(24), .hours(72)),
    ])
    func `that it has not arrived is told twice, each time once`(
        urgency: Urgency,
        first: Duration,
        second: Duration
    ) throws {
        let clock = Self.clock(urgency)
        var told = CopyWarnings()
        #expect(clock.next(told) == Self.start.adding(first))
        #expect(clock.due(told, at: Self.start.adding(first - .milliseconds(1))) == nil)
        var due = try #require(clock.due(told, at: Self.start.adding(first)))
        #expect(due.warning == .first)
        told = due.told
        #expect(clock.due(told, at: Self.start.adding(second - .milliseconds(1))) == nil)
        #expect(clock.next(told) == Self.start.adding(second))
        due = try #require(clock.due(told, at: Self.start.adding(second)))
        #expect(due.warning == .second)
        told = due.told
        #expect(clock.due(told, at: Self.start.adding(.days(9))) == nil)
        #expect(clock.next(told) == nil)
    }

    @Test func `after a pause only the newer of the two is told`() throws {
        let clock = Self.clock(.urgent)
        let due = try #require(clock.due(CopyWarnings(), at: Self.start.adding(.hours(5))))
        #expect(due.warning == .second)
        #expect(clock.due(due.told, at: Self.start.adding(.hours(6))) == nil)
    }

    @Test(arguments: [
        (Urgency.emergency, Duration.minutes(2)), (.urgent, .minutes(30)), (.routine, .hours(4)),
    ])
    func `a release without receipt is told once, and daily from its end on`(
        urgency: Urgency,
        after: Duration
    ) throws {
        let clock = Self.clock(urgency, releasedAfter: .seconds(5))
        var told = CopyWarnings(arrival: 2)
        let first = Self.start.adding(.seconds(5) + after)
        #expect(clock.next(told) == first)
        #expect(clock.due(told, at: first.adding(.milliseconds(-1))) == nil)
        var due = try #require(clock.due(told, at: first))
        #expect(due.warning == .noReceipt)
        told = due.told
        let end = Self.start.adding(.days(3))
        #expect(clock.due(told, at: end.adding(.milliseconds(-1))) == nil)
        due = try #require(clock.due(told, at: end))
        told = due.told
        #expect(clock.due(told, at: end.adding(.hours(23))) == nil)
        #expect(clock.due(told, at: end.adding(.hours(24)))?.warning == .noReceipt)
        #expect(clock.next(told) == end.adding(.hours(24)))
    }

    @Test(arguments: [
        (
            PersonClock.opening, Urgency.emergency, DeskSpan.plain(.minutes(5)),
            DeskSpan.plain(.minutes(10))
        ),
        (.opening, .urgent, .deskHours(2), .deskHours(4)),
        (.opening, .routine, .deskDays(1), .deskDays(2)),
        (.confirming, .emergency, .plain(.minutes(10)), .plain(.minutes(20))),
        (.confirming, .urgent, .deskDays(1), .deskDays(1)),
        (.confirming, .routine, .deskDays(3), .deskDays(3)),
    ])
    func `people have these times`(
        clock: PersonClock,
        urgency: Urgency,
        readers: DeskSpan,
        sender: DeskSpan
    ) {
        let spans = clock.spans(urgency)
        #expect(spans.readers == readers && spans.sender == sender)
        #expect(readers.least <= sender.least && readers.least > .zero)
    }
}
