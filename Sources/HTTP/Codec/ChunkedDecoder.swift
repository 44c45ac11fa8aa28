import Primitives

/// Takes the chunked coding off a body (RFC 9112 §7.1). Extensions and trailers are refused.
package struct ChunkedDecoder: Sendable {
    package enum Step: Sendable {
        case needMore
        case data(Range<Int>)
        /// The position after the last byte of the body.
        case end(Int)
    }

    private enum State {
        case size(digits: Int, value: Int)
        case sizeEnd(value: Int)
        case data(remaining: Int)
        /// CR and LF after the data, or after the last chunk.
        case dataEnd(isLast: Bool)
        case dataEndLF(isLast: Bool)
        case ended
    }

    private let limit: Int
    private var total = 0
    private var state = State.size(digits: 0, value: 0)

    package init(limit: Int) { self.limit = limit }

    /// - Throws: `malformed`, or `tooLarge` as soon as a size passes the limit.
    package mutating func feed(_ bytes: Span<UInt8>) throws(HTTPFailure) -> Step {
        for index in bytes.indices {
            if case .data(let remaining) = state {
                let end = min(index + remaining, bytes.count)
                let rest = remaining - (end - index)
                state = rest == 0 ? .dataEnd(isLast: false) : .data(remaining: rest)
                return .data(index..<end)
            }
            try take(bytes[index])
            if case .ended = state { return .end(index + 1) }
        }
        return .needMore
    }

    private mutating func take(_ byte: UInt8) throws(HTTPFailure) {
        switch state {
        case .size(let digits, let value):
            if let digit = hexDigit(byte), digits < Limits.chunkSizeDigits {
                state = .size(digits: digits + 1, value: value << 4 | Int(digit))
            } else if byte == UInt8(ascii: "\r"), digits > 0 {
                state = .sizeEnd(value: value)
            } else {
                throw .malformed
            }
        case .sizeEnd(let value):
            guard byte == UInt8(ascii: "\n") else { throw .malformed }
            total += value
            guard total <= limit else { throw .tooLarge }
            state = value == 0 ? .dataEnd(isLast: true) : .data(remaining: value)
        case .dataEnd(let isLast):
            guard byte == UInt8(ascii: "\r") else { throw .malformed }
            state = .dataEndLF(isLast: isLast)
        case .dataEndLF(let isLast):
            guard byte == UInt8(ascii: "\n") else { throw .malformed }
            state = isLast ? .ended : .size(digits: 0, value: 0)
        case .data, .ended: throw .malformed
        }
    }
}
