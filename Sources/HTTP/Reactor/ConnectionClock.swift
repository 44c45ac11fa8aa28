import Primitives

/// The deadlines of one connection.
struct ConnectionClock {
    /// What the connection waits for.
    enum Situation {
        case head, body, writing, lingering
        case handler(mayWait: Bool)
    }

    private let limits: ServerLimits
    /// Of the head: opening of the connection, or first byte of the next request.
    private var headBegan: Duration?
    private var hasHeadByte = false
    private var idleSince: Duration
    private var bodyBegan = Duration.zero
    private var windowEnd = Duration.zero
    private var windowBytes = 0
    private var bodyBytes = 0
    /// Since when the handler alone is awaited.
    private var handlerSince = Duration.zero
    private var progress = Duration.zero
    private var lingerBegan = Duration.zero

    init(limits: ServerLimits, now: Duration) {
        self.limits = limits
        headBegan = now
        idleSince = now
    }

    mutating func received(_ count: Int, inBody: Bool, at now: Duration) {
        guard inBody else { return }
        windowBytes += count
        bodyBytes += count
    }

    mutating func beganHead(at now: Duration) {
        hasHeadByte = true
        if headBegan == nil { headBegan = now }
    }

    mutating func beganBody(at now: Duration) {
        bodyBegan = now
        windowEnd = now + limits.bodyGrace + limits.bodyWindow
        windowBytes = 0
        bodyBytes = 0
        handlerSince = now
    }

    mutating func held(at now: Duration) { handlerSince = now }

    /// The time the handler took is not the peer's.
    mutating func released(at now: Duration) {
        bodyBegan += now - handlerSince
        windowEnd += now - handlerSince
    }

    mutating func beganAnswer(at now: Duration) {
        handlerSince = now
        progress = now
    }

    mutating func wrote(at now: Duration) { progress = now }

    mutating func beganIdle(at now: Duration) {
        idleSince = now
        headBegan = nil
        hasHeadByte = false
    }

    mutating func beganLinger(at now: Duration) { lingerBegan = now }

    func deadline(_ situation: Situation) -> Duration? {
        switch situation {
        case .head: headBegan.map { $0 + limits.headDeadline } ?? idleSince + limits.idleKeepAlive
        case .body: min(windowEnd, bodyEnd)
        case .handler(let mayWait): mayWait ? nil : handlerSince + limits.handlerDeadline
        case .writing: progress + limits.writeStall
        case .lingering: lingerBegan + limits.linger
        }
    }

    mutating func expire(_ situation: Situation, at now: Duration) -> Connection.Expiry? {
        guard let deadline = deadline(situation), deadline <= now else { return nil }
        switch situation {
        case .head: return hasHeadByte ? .refuse(.requestTimeout) : .close
        case .body:
            guard windowBytes >= limits.bodyWindowBytes, now < bodyEnd else {
                return .refuse(.requestTimeout)
            }
            windowBytes = 0
            windowEnd = now + limits.bodyWindow
            return nil
        case .handler: return .refuse(.busy(retryAfterSeconds: 5))
        case .writing, .lingering: return .close
        }
    }

    private var bodyEnd: Duration {
        bodyBegan + limits.bodyDeadline + .seconds(bodyBytes / limits.bodyBytesPerSecond)
    }
}
