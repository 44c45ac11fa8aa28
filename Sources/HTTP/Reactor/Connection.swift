import Primitives

/// One connection as a machine: bytes and times in, requests and bytes out. It knows no socket,
/// no clock and no task, so that a test can drive it byte by byte.
///
/// One request at a time: the head of the next is not read before the answer to this one is
/// written. An answer to a request whose body was not read to its end closes the connection.
struct Connection: ~Copyable {
    enum Phase: Equatable {
        /// Waits for a request, or reads its head.
        case head
        /// The head was given out; its body arrives.
        case body
        /// The request is whole; its answer is due or on its way.
        case answering
        /// The last answer is written; what still comes is thrown away.
        case lingering
        case closed
    }

    enum Event {
        case request(RequestHead)
        case refuse(HTTPFailure)
    }

    private enum Answer { case none, streaming, written }

    private let limits: ServerLimits
    private var decoder: RequestDecoder
    private(set) var phase = Phase.head
    private(set) var body = ByteQueue()
    private(set) var output = ByteQueue()
    private var input = ByteQueue()
    private var answer = Answer.none
    private var clock: ConnectionClock
    private var closesAfterAnswer = false
    private var requests = 0
    private var lingered = 0

    init(limits: ServerLimits, now: Duration) {
        self.limits = limits
        decoder = RequestDecoder(limits: limits)
        clock = ConnectionClock(limits: limits, now: now)
    }

    /// Whether bytes of the peer are wanted now.
    var wantsBytes: Bool {
        switch phase {
        case .head: input.isEmpty && output.isEmpty
        case .body: input.isEmpty && isReadingBody
        case .lingering: output.isEmpty
        case .answering, .closed: false
        }
    }

    /// Whether what was received can be worked on.
    var hasWork: Bool {
        !input.isEmpty && (phase == .head && output.isEmpty || phase == .body && isReadingBody)
    }

    /// The handler is slower than the peer; the peer's window closes.
    var isHeldBack: Bool { body.count >= limits.queueHigh }

    /// Nothing is under way, so that a drain may close it.
    var isIdle: Bool { phase == .head && !decoder.isInsideHead && input.isEmpty && output.isEmpty }

    /// The request's last byte was taken.
    var isRequestWhole: Bool { phase == .answering }

    var isAnswered: Bool { answer != .none }

    /// A body whose request has its answer is not read on.
    private var isReadingBody: Bool { !isHeldBack && answer != .written }

    // MARK: From the peer

    mutating func receive(_ bytes: ArraySlice<UInt8>, at now: Duration) {
        if phase == .lingering {
            lingered += bytes.count
            if lingered > limits.lingerBytes { phase = .closed }
        } else {
            input.append(bytes)
            clock.received(bytes.count, inBody: phase == .body, at: now)
        }
    }

    /// Works on what was received until something is to be done, or more is needed.
    mutating func next(at now: Duration) -> Event? {
        while phase == .head && output.isEmpty || phase == .body && isReadingBody {
            let step = input.withUnread { decoder.feed($0) }
            let taken = input.take(decoder.consumed)
            switch step {
            case .needMore:
                if decoder.isInsideHead { clock.beganHead(at: now) }
                return nil
            case .head(let head):
                begin(head, at: now)
                return .request(head)
            case .body(let range):
                body.append(taken[(taken.startIndex + range.lowerBound)...])
                if isHeldBack { clock.held(at: now) }
            case .end:
                phase = .answering
                clock.beganAnswer(at: now)
            case .reject(let failure): return .refuse(failure)
            }
        }
        return nil
    }

    private mutating func begin(_ head: RequestHead, at now: Duration) {
        requests += 1
        closesAfterAnswer = head.wantsClose || requests >= limits.requestsPerConnection
        phase = .body
        clock.beganBody(at: now)
        guard head.framing.isEmpty else { return }
        // Without a body the request is whole here, so that a refusal need not close.
        _ = input.withUnread { decoder.feed($0) }
        phase = .answering
    }

    /// - Returns: `tooLarge` where the head already says so.
    mutating func limitBody(to limit: Int) -> HTTPFailure? { decoder.limitBody(to: limit) }

    /// The peer will send no more, but reads on (close_notify).
    mutating func peerFinished() {
        closesAfterAnswer = true
        if phase != .answering { phase = .closed }
    }

    // MARK: To the handler

    mutating func takeBody(at now: Duration) -> [UInt8] {
        if isHeldBack { clock.released(at: now) }
        return body.takeAll()
    }

    // MARK: To the peer

    mutating func proceed(at now: Duration) { send(ResponseEncoder.proceed, at: now) }

    /// Begins the answer, and with bytes ends it.
    ///
    /// - Returns: whether a stream is to be pulled for its body.
    mutating func begin(_ reply: Reply, closes: Bool, at now: Duration) -> Bool {
        closesAfterAnswer = closesAfterAnswer || closes || !isRequestWhole
        let encoded = reply.encoded(closes: closesAfterAnswer)
        send(encoded.bytes, at: now)
        answer = encoded.isStream ? .streaming : .written
        return encoded.isStream
    }

    mutating func stream(_ bytes: [UInt8], at now: Duration) {
        send(ResponseEncoder.chunk(bytes), at: now)
    }

    mutating func endStream(at now: Duration) {
        send(ResponseEncoder.lastChunk, at: now)
        answer = .written
        closesAfterAnswer = closesAfterAnswer || !isRequestWhole
    }

    private mutating func send(_ bytes: [UInt8], at now: Duration) {
        if output.isEmpty { clock.wrote(at: now) }
        output.append(bytes[...])
    }

    /// The socket took `count` bytes of `output`.
    mutating func wrote(_ count: Int, at now: Duration) {
        _ = output.take(count)
        clock.wrote(at: now)
        settle(at: now)
    }

    /// Goes on to the next request, or to the end, once the answer has left.
    private mutating func settle(at now: Duration) {
        guard output.isEmpty, case .written = answer, phase != .lingering else { return }
        body = ByteQueue()
        answer = .none
        if closesAfterAnswer {
            input = ByteQueue()
            phase = .lingering
            clock.beganLinger(at: now)
        } else {
            phase = .head
            clock.beganIdle(at: now)
        }
    }

    // MARK: Time

    enum Expiry { case close, refuse(HTTPFailure) }

    /// When to ask `expire`; nil while only the handler may take its time.
    func deadline(mayWait: Bool) -> Duration? {
        clock.deadline(situation(mayWait: mayWait))
    }

    /// - Returns: what to do if the deadline has passed.
    mutating func expire(mayWait: Bool, at now: Duration) -> Expiry? {
        clock.expire(situation(mayWait: mayWait), at: now)
    }

    private func situation(mayWait: Bool) -> ConnectionClock.Situation {
        if !output.isEmpty, phase != .lingering { return .writing }
        switch phase {
        case .head: return .head
        case .body: return isHeldBack ? .handler(mayWait: mayWait) : .body
        case .answering: return .handler(mayWait: mayWait || isAnswered)
        case .lingering: return .lingering
        case .closed: return .handler(mayWait: true)
        }
    }
}
