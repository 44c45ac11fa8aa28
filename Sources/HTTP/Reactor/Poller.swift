import CTLS
import Glibc

/// What a loop waits for on one descriptor. The end of the peer's side is always waited for.
struct Interest: Equatable {
    var reads = false
    var writes = false
}

/// What happened on one descriptor.
struct Readiness {
    let id: UInt64
    /// The peer closed or reset.
    let isGone: Bool
}

/// epoll, and an eventfd that interrupts it from any thread.
final class Poller: Sendable {
    private let epoll: Int32
    private let event: Int32
    /// The id of the eventfd; connections count from 1.
    private static let eventID: UInt64 = 0

    init() throws(ServerError) {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        event = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        guard epoll >= 0, event >= 0 else { throw .resources(errno: errno) }
        add(event, Poller.eventID, Interest(reads: true))
    }

    deinit {
        close(event)
        close(epoll)
    }

    func add(_ descriptor: Int32, _ id: UInt64, _ interest: Interest) {
        control(EPOLL_CTL_ADD, descriptor, id, interest)
    }

    func change(_ descriptor: Int32, _ id: UInt64, _ interest: Interest) {
        control(EPOLL_CTL_MOD, descriptor, id, interest)
    }

    /// A descriptor goes out of epoll by itself when it is closed; this is for one that lives on.
    func remove(_ descriptor: Int32) {
        _ = epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, nil)
    }

    func wake() {
        var one: UInt64 = 1
        // Full only if it is already readable, so that the result does not matter.
        _ = unsafe write(event, &one, 8)
    }

    /// - Returns: at once if `isUrgent`, else when something happened.
    func wait(isUrgent: Bool) -> [Readiness] {
        var events = unsafe [epoll_event](repeating: epoll_event(), count: 256)
        let count = unsafe epoll_wait(epoll, &events, 256, isUrgent ? 0 : -1)
        var found: [Readiness] = []
        for index in 0..<Int(max(0, count)) {
            let id = unsafe events[index].data.u64
            if id == Poller.eventID {
                var sum: UInt64 = 0
                _ = unsafe read(event, &sum, 8)
            } else {
                let gone = EPOLLRDHUP.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue
                found.append(Readiness(id: id, isGone: unsafe events[index].events & gone != 0))
            }
        }
        return found
    }

    private func control(_ act: Int32, _ descriptor: Int32, _ id: UInt64, _ interest: Interest) {
        var event = unsafe epoll_event()
        unsafe event.data.u64 = id
        unsafe event.events =
            EPOLLRDHUP.rawValue
            | (interest.reads ? EPOLLIN.rawValue : 0) | (interest.writes ? EPOLLOUT.rawValue : 0)
        _ = unsafe epoll_ctl(epoll, act, descriptor, &event)
    }
}
