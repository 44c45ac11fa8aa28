import Primitives
import Testing

@testable import Staff

struct ThrottleTests {
    private static func fails(
        _ throttle: inout SignInThrottle,
        _ name: String,
        from address: String,
        at now: Duration
    ) -> Duration? {
        switch throttle.admit(name, from: address, at: now) {
        case .go: nil
        case .wait(let wait, _): wait
        }
    }

    @Test
    func `after five failures each wait is twice the one before`() {
        var throttle = SignInThrottle()
        var now = Duration.zero
        for attempt in 0..<5 {
            #expect(Self.fails(&throttle, "a", from: "\(attempt)", at: now) == nil)
        }
        for wait in [15, 30, 60, 120, 240, 480, 900, 900] {
            #expect(Self.fails(&throttle, "a", from: "x", at: now) == .seconds(wait))
            now += .seconds(wait)
            #expect(Self.fails(&throttle, "a", from: "\(wait)", at: now) == nil)
        }
    }

    @Test
    func `an address waits for all names, a name at all addresses`() {
        var throttle = SignInThrottle()
        for name in ["a", "b", "c", "d", "e"] {
            #expect(Self.fails(&throttle, name, from: "x", at: .zero) == nil)
        }
        #expect(Self.fails(&throttle, "f", from: "x", at: .zero) == .seconds(15))
        #expect(Self.fails(&throttle, "f", from: "y", at: .zero) == nil)
        #expect(Self.fails(&throttle, "a", from: "y", at: .zero) == nil)
    }

    @Test
    func `failures a quarter of an hour apart make nobody wait`() {
        var throttle = SignInThrottle()
        for step in 0..<20 {
            let now = SignInThrottle.window * step / 4
            #expect(Self.fails(&throttle, "a", from: "x", at: now) == nil)
        }
    }

    @Test
    func `a success frees the name, and of the address only itself`() {
        var throttle = SignInThrottle()
        for _ in 0..<4 { #expect(Self.fails(&throttle, "a", from: "x", at: .zero) == nil) }
        guard case .go(let attempt) = throttle.admit("a", from: "x", at: .zero) else {
            Issue.record("the fifth attempt goes on")
            return
        }
        throttle.succeed(attempt)
        #expect(Self.fails(&throttle, "a", from: "x", at: .zero) == nil)
        #expect(Self.fails(&throttle, "a", from: "x", at: .zero) == .seconds(15))
        #expect(Self.fails(&throttle, "a", from: "y", at: .zero) == nil)
    }

    @Test
    func `an attempt that was not judged does not count`() {
        var throttle = SignInThrottle()
        for _ in 0..<20 {
            guard case .go(let attempt) = throttle.admit("a", from: "x", at: .zero) else {
                Issue.record("nothing has failed")
                return
            }
            throttle.forgive(attempt)
        }
    }

    @Test
    func `many at once are no more guesses than one after the other`() {
        var throttle = SignInThrottle()
        let answers = (0..<50).map { _ in Self.fails(&throttle, "a", from: "x", at: .zero) }
        #expect(answers.count { $0 == nil } == 5)
    }

    @Test
    func `a wait is told once`() {
        var throttle = SignInThrottle()
        for _ in 0..<5 { #expect(Self.fails(&throttle, "a", from: "x", at: .zero) == nil) }
        var told: [Bool] = []
        for _ in 0..<3 {
            if case .wait(_, let isNew) = throttle.admit("a", from: "x", at: .zero) {
                told.append(isNew)
            }
        }
        #expect(told == [true, false, false])
    }

    @Test
    func `a flood of names is bounded`() {
        var throttle = SignInThrottle()
        for number in 0..<(Limits.throttledNames + 50) {
            _ = Self.fails(&throttle, "n\(number)", from: "x\(number % 7)", at: .zero)
        }
        #expect(throttle.count <= Limits.throttledNames + 7)
    }
}
