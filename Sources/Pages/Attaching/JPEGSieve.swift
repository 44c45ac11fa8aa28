import Primitives

/// Keeps the picture of a JPEG file, and nothing that tells of the camera, the place or the time.
///
/// A photograph taken at somebody's home holds where that is, and often a small picture of what was
/// cut off. So of the segments beside the picture those alone are kept that change how it looks:
/// JFIF without its small picture, the colour profile and Adobe's colour transform. Exif, XMP,
/// IPTC, comments and makers' own go, and so does all behind the end of the picture, where cameras
/// put further ones. Which way is up stands in Exif as well: that one number is written anew, or a
/// photograph would lie on its side.
///
/// - Source: ITU-T T.81 Annex B; JFIF 1.02; ICC.1 Annex B.4; CIPA DC-008 §4.5.4, §4.6.4.
struct JPEGSieve: FileSieve {
    private enum State { case start, segments, picture, ended }

    private var state = State.start
    /// The beginning of what is not whole yet: at most one segment.
    private var held: [UInt8] = []

    mutating func take(_ bytes: [UInt8]) throws(FileRefusal) -> [UInt8] {
        held += bytes
        var kept: [UInt8] = []
        var index = 0
        while try step(&index, &kept) {}
        held = Array(held[index...])
        return kept
    }

    func end() throws(FileRefusal) {
        guard state == .ended else { throw .damaged(.jpeg) }
    }

    /// - Returns: whether there may be more to read in what has come.
    private mutating func step(
        _ index: inout Int,
        _ kept: inout [UInt8]
    ) throws(FileRefusal) -> Bool {
        switch state {
        case .start:
            guard held.count >= 2 else { return false }
            kept += held[..<2]
            index = 2
            state = .segments
        case .segments: return try segment(&index, &kept)
        case .picture:
            let end = endOfPicture(from: index)
            kept += held[index..<end]
            index = end
            guard held.count - index >= 2 else { return false }
            state = .segments
        case .ended:
            index = held.count
            return false
        }
        return true
    }

    private mutating func segment(
        _ index: inout Int,
        _ kept: inout [UInt8]
    ) throws(FileRefusal) -> Bool {
        let rest = held[index...]
        guard rest.count >= 2 else { return false }
        guard rest[index] == 0xFF else { throw .damaged(.jpeg) }
        let marker = rest[index + 1]
        switch marker {
        // Any number of these may stand before a marker.
        case 0xFF: index += 1
        case 0xD9:
            kept += [0xFF, marker]
            index += 2
            state = .ended
        // Without a length; none of them stands here.
        case 0x00, 0x01, 0xD0...0xD8: throw .damaged(.jpeg)
        default:
            guard rest.count >= 4 else { return false }
            let length = Int(rest[index + 2]) << 8 | Int(rest[index + 3])
            guard length >= 2 else { throw .damaged(.jpeg) }
            guard rest.count >= 2 + length else { return false }
            kept += Self.kept(rest.prefix(2 + length), marker)
            index += 2 + length
            if marker == 0xDA { state = .picture }
        }
        return true
    }

    /// Where the coded picture ends, as far as it has come: before a marker that is no part of it.
    private func endOfPicture(from start: Int) -> Int {
        var index = start
        while let mark = held[index...].firstIndex(of: 0xFF) {
            guard mark + 1 < held.count else { return mark }
            switch held[mark + 1] {
            case 0x00, 0xD0...0xD7: index = mark + 2
            default: return mark
            }
        }
        return held.count
    }

    /// What is kept of a segment, which has its marker and length.
    private static func kept(_ segment: ArraySlice<UInt8>, _ marker: UInt8) -> [UInt8] {
        let payload = segment.dropFirst(4)
        let isKept =
            switch marker {
            // Of 14 bytes: without a small picture.
            case 0xE0: payload.count == 14 && payload.starts(with: "JFIF\0".utf8)
            case 0xE2: payload.starts(with: "ICC_PROFILE\0".utf8)
            case 0xEE: payload.count == 12 && payload.starts(with: "Adobe".utf8)
            // Frames, tables, scans: the picture itself.
            case 0xC0...0xCF, 0xDA...0xDF: true
            default: false
            }
        if isKept { return Array(segment) }
        guard marker == 0xE1, payload.starts(with: exif),
            let orientation = Orientation(inExif: Array(payload.dropFirst(exif.count)))
        else { return [] }
        return orientation.segment
    }

    private static let exif = "Exif\0\0".bytes

    /// Which way is up.
    private struct Orientation {
        let value: UInt8

        /// As a segment of its own, with nothing else.
        var segment: [UInt8] {
            let tag: [UInt8] = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, value, 0, 0]
            let table: [UInt8] = [0, 1] + tag + [0, 0, 0, 0]
            let header: [UInt8] = "MM".bytes + [0, 42, 0, 0, 0, 8]
            let payload = exif + header + table
            return [0xFF, 0xE1, 0, UInt8(payload.count + 2)] + payload
        }

        /// nil where it says nothing, or that the picture stands as it is.
        init?(inExif bytes: [UInt8]) {
            let isLittle = bytes.starts(with: "II".utf8)
            guard isLittle || bytes.starts(with: "MM".utf8) else { return nil }
            func number(_ place: Int, _ count: Int) -> Int? {
                guard place >= 0, place + count <= bytes.count else { return nil }
                let digits = bytes[place..<(place + count)]
                return (isLittle ? digits.reversed() : Array(digits)).reduce(0) {
                    $0 << 8 | Int($1)
                }
            }
            guard let table = number(4, 4), let rows = number(table, 2) else { return nil }
            for row in 0..<rows {
                let place = table + 2 + row * 12
                guard let tag = number(place, 2) else { return nil }
                guard tag == 0x0112 else { continue }
                guard let value = number(place + 8, 2), (2...8).contains(value) else { return nil }
                self.value = UInt8(value)
                return
            }
            return nil
        }
    }
}
