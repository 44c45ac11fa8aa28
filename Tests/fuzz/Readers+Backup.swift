import Primitives

@testable import Storage

extension Reader {
    /// The manifest of a backup, its tail, or what is inside its pieces.
    static let backup = Reader(name: "backup") { (bytes) throws(Finding) in
        let manifest = attempt { () throws(DecodingRefusal) in try BackupManifest(reading: bytes) }
        if let manifest {
            try hold(manifest.canonicalBytes == bytes, "a manifest is not written as it was read")
            try hold(BackupName(manifest.name.text) == manifest.name, "a name of no backup")
        }
        if let tail = BackupTail(bytes) {
            try hold(tail.bytes == bytes, "a tail is not written as it was read")
            return bytes
        }
        var account = manifest == nil ? nil : bytes
        for kind in [DataFolder.Kind.exchange, .gateway] {
            for part in [BackupManifest.Part.store, .keys] {
                let whole = files(bytes, BackupStream(part: part, kind: kind), cut: 1 << 20)
                let cut = files(bytes, BackupStream(part: part, kind: kind), cut: 5)
                try hold(whole == cut, "where pieces end changes what is in them")
                if let whole { account = (account ?? []) + whole }
            }
        }
        return account
    }

    /// Paths and contents; nil where any piece is refused.
    private static func files(_ bytes: [UInt8], _ stream: BackupStream, cut: Int) -> [UInt8]? {
        var stream = stream
        var found: [UInt8] = []
        var begun = 0
        return attempt { () throws(DecodingRefusal) in
            for start in stride(from: 0, to: bytes.count, by: cut) {
                let piece = Array(bytes[start..<min(start + cut, bytes.count)])
                for step in try stream.steps(of: piece) {
                    switch step {
                    case .begin(let entry):
                        begun += 1
                        found += entry.head
                    case .bytes(let bytes): found += bytes
                    case .end: break
                    }
                }
            }
            try stream.finish(files: begun)
            return found
        }
    }
}
