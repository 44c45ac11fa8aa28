import Gateway
import Primitives
import TestKit
import Testing

@Suite struct BackOffTests {
    @Test(arguments: 1...40)
    func `a wait stays within its cap and above what the exchange asks for`(failures: Int) {
        let random = SeededRandom(seed: UInt64(failures))
        let free = BackOff.delay(failures: failures, notBefore: nil, random)
        #expect(free >= .zero && free <= min(.seconds(60), .seconds(1 << min(failures, 10))))
        #expect(BackOff.delay(failures: failures, notBefore: .seconds(90), random) >= .seconds(90))
    }

    @Test func `waits differ, so that gateways do not come back together`() {
        let random = SeededRandom(seed: 7)
        let waits = (0..<20).map { _ in BackOff.delay(failures: 5, notBefore: nil, random) }
        #expect(Set(waits).count > 10)
    }
}

@Suite struct BellTests {
    @Test func `a ring while nobody waits is remembered once`() async {
        let bell = Bell()
        let time = SimulatedTime()
        bell.ring()
        bell.ring()
        await bell.wait(until: .seconds(1), time)
        async let second: Void = bell.wait(until: .seconds(1), time)
        await time.waitForSleeper()
        time.advance(by: .seconds(1))
        await second
    }
}
