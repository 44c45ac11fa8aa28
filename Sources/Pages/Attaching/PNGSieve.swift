import Primitives

/// Keeps the picture of a PNG file. As of a JPEG, what tells of the place, the time or the maker
/// goes (`eXIf`, `tEXt`, `zTXt`, `iTXt`, `tIME` and what nobody knows), and so does all behind its
/// end.
///
/// - Source: PNG (W3C, third edition) §5.3, §11.
struct PNGSieve: FileSieve {
    static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    private enum State {
        case start, chunks, ended
        /// Of a chunk, with its check sum.
        case inside(left: Int, isKept: Bool, isLast: Bool)
    }

    private var state = State.start
    /// The beginning of what is not whole yet: less than the head of a chunk.
    private var held: [UInt8] = []

    /// The picture, and what changes how it looks.
    private static let kept = [
        "IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "cICP", "sBIT",
        "bKGD", "pHYs",
    ]
    private static let headBytes = 8

    mutating func take(_ bytes: [UInt8]) throws(FileRefusal) -> [UInt8] {
        held += bytes
        var kept: [UInt8] = []
        var index = 0
        while try step(&index, &kept) {}
        held = Array(held[index...])
        return kept
    }

    func end() throws(FileRefusal) {
        guard case .ended = state else { throw .damaged(.png) }
    }

    private mutating func step(
        _ index: inout Int,
        _ kept: inout [UInt8]
    ) throws(FileRefusal) -> Bool {
        let rest = held[index...]
        switch state {
        case .start:
            guard rest.count >= Self.signature.count else { return false }
            kept += rest.prefix(Self.signature.count)
            index += Self.signature.count
            state = .chunks
        case .chunks:
            guard rest.count >= Self.headBytes else { return false }
            let head = rest.prefix(Self.headBytes)
            let length = head.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            let name = String(decoding: head.suffix(4), as: UTF8.self)
            guard length < 1 << 31 else { throw .damaged(.png) }
            let isKept = Self.kept.contains { $0.hasSameBytes(as: name) }
            if isKept { kept += head }
            index += Self.headBytes
            let isLast = name.hasSameBytes(as: "IEND")
            state = .inside(left: length + 4, isKept: isKept, isLast: isLast)
        case .inside(let left, let isKept, let isLast):
            let part = rest.prefix(left)
            if isKept { kept += part }
            index += part.count
            guard part.count == left else {
                state = .inside(left: left - part.count, isKept: isKept, isLast: isLast)
                return false
            }
            state = isLast ? .ended : .chunks
        case .ended:
            index = held.count
            return false
        }
        return true
    }
}
