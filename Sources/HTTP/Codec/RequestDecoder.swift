/// Cuts the bytes of one connection into requests (RFC 9112), strictly.
///
/// Feed it what arrived; `consumed` says how far the step went. After `.end` the next byte belongs
/// to the next request, which the caller holds back until the answer is written. After `.reject`
/// nothing more is taken.
package struct RequestDecoder: Sendable {
    package enum Step: Sendable {
        case needMore
        case head(RequestHead)
        /// Positions of body bytes in the span that was fed.
        case body(Range<Int>)
        case end
        case reject(HTTPFailure)
    }

    private enum State {
        case head(HeadReader)
        case length(remaining: Int)
        case chunked(ChunkedDecoder)
        case refused(HTTPFailure)
    }

    private let limits: ServerLimits
    private var state: State
    /// Bytes of the last span that belong to the step it gave.
    package private(set) var consumed = 0
    /// Whether a byte of a head was taken and the head is not whole.
    package private(set) var isInsideHead = false

    package init(limits: ServerLimits) {
        self.limits = limits
        state = .head(HeadReader(limits: limits))
    }

    package mutating func feed(_ bytes: Span<UInt8>) -> Step {
        consumed = 0
        do throws(HTTPFailure) {
            switch state {
            case .head: return try readHead(bytes)
            case .length(let remaining): return readLength(bytes, remaining)
            case .chunked: return try readChunked(bytes)
            case .refused(let failure): return .reject(failure)
            }
        } catch {
            state = .refused(error)
            return .reject(error)
        }
    }

    /// Bounds the body of the head just given.
    ///
    /// - Returns: `tooLarge` if it is announced as longer.
    package mutating func limitBody(to limit: Int) -> HTTPFailure? {
        switch state {
        case .length(let remaining) where remaining > limit:
            state = .refused(.tooLarge)
            return .tooLarge
        case .chunked: state = .chunked(ChunkedDecoder(limit: limit))
        case .head, .length, .refused: break
        }
        return nil
    }

    private mutating func readHead(_ bytes: Span<UInt8>) throws(HTTPFailure) -> Step {
        guard case .head(var reader) = state else { return .needMore }
        // Moved out and back, so that the reader's buffers are not copied by the first write.
        state = .length(remaining: 0)
        for index in bytes.indices {
            guard let head = try reader.take(bytes[index]) else { continue }
            consumed = index + 1
            isInsideHead = false
            switch head.framing {
            case .none: state = .length(remaining: 0)
            case .length(let count): state = .length(remaining: count)
            case .chunked: state = .chunked(ChunkedDecoder(limit: 0))
            }
            return .head(head)
        }
        consumed = bytes.count
        isInsideHead = isInsideHead || !bytes.isEmpty
        state = .head(reader)
        return .needMore
    }

    private mutating func readLength(_ bytes: Span<UInt8>, _ remaining: Int) -> Step {
        guard remaining > 0 else { return finish() }
        guard !bytes.isEmpty else { return .needMore }
        consumed = min(remaining, bytes.count)
        state = .length(remaining: remaining - consumed)
        return .body(0..<consumed)
    }

    private mutating func readChunked(_ bytes: Span<UInt8>) throws(HTTPFailure) -> Step {
        guard case .chunked(var decoder) = state else { return .needMore }
        let step = try decoder.feed(bytes)
        state = .chunked(decoder)
        switch step {
        case .needMore:
            consumed = bytes.count
            return .needMore
        case .data(let range):
            consumed = range.upperBound
            return .body(range)
        case .end(let position):
            consumed = position
            return finish()
        }
    }

    private mutating func finish() -> Step {
        state = .head(HeadReader(limits: limits))
        return .end
    }
}
