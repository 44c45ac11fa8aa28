import Cryptography
import Delivery
import Envelope
import Primitives
import TestKit

extension VectorCase {
    // MARK: Archive and manifest

    static let malformedContent: [VectorCase] = [
        tar("a symbolic link") { $0.patchingHeader(at: 156, [UInt8(ascii: "2")]) },
        tar("a link name") { $0.patchingHeader(at: 157, "x".bytes) },
        tar("a slash in a name") { $0.patchingHeader(at: 3, "/".bytes) },
        tar("an absolute name") { $0.patchingHeader(at: 0, "/".bytes) },
        tar("two dots for a name") { $0.patchingHeader(at: 0, "..".bytes) },
        tar("another mode") { $0.patchingHeader(at: 100, "0000755".bytes) },
        tar("a user name") { $0.patchingHeader(at: 265, "root".bytes) },
        tar("a time") { $0.patchingHeader(at: 136, "00000000001".bytes) },
        tar("the magic of GNU") { $0.patchingHeader(at: 257, "ustar  \0".bytes) },
        tar("a wrong checksum") { $0.flipped(at: 148) },
        tar("a length in base 256") { $0.patchingHeader(at: 124, [0x80]) },
        tar("hidden data in the padding of a file") { archive in
            archive.flipped(at: 1024 - 1)
        },
        tar("hidden data in the padding of the archive") { $0.flipped(at: -1) },
        tar("one zero block alone") { archive in
            let end = archive.lastIndex { $0 != 0 } ?? 0
            return Array(archive.prefix((end / 512 + 2) * 512))
        },
        tar("too little padding") { Array($0.dropLast(4096)) },
        tar("too much padding") { $0 + [UInt8](repeating: 0, count: 4096) },
        tar("half a block") { Array($0.dropLast(256)) },
        files("no routing.json") { [$0[0]] + $0.dropFirst(2) },
        files("the manifest second") { [$0[1], $0[0]] + $0.dropFirst(2) },
        files("the same name twice") { $0 + [$0[2]] },
        files("another routing.json inside") { files in
            [files[0], ContentArchive.File(name: "routing.json", bytes: "{}".bytes)]
                + files.dropFirst(2)
        },
        files("a manifest that is not canonical") { files in
            [ContentArchive.File(name: "manifest.json", bytes: [0x20] + files[0].bytes)]
                + files.dropFirst()
        },
        manifest("an unknown member") { $0["unknown"] = 1 },
        manifest("no pairs") { $0["pairs"] = nil },
        manifest("a pair of another member") { manifest in
            let id = MemberID.make(SeededRandom(seed: 4))
            manifest["pairs"] = [["memberId": .string(id.text), "sequence": 1]]
        },
        manifest("chunk key without chunks") { manifest in
            manifest["chunkKey"] = [
                "id": .string(String(repeating: "0", count: 32)),
                "key": .string(Base64.encode([UInt8](repeating: 0, count: 32))),
            ]
        },
        manifest("no sheet first") { manifest in
            var part = manifest["parts"]?.array?[0].object ?? [:]
            part["kind"] = "attachment"
            manifest["parts"] = .array([.object(part)])
        },
    ]

    private static func tar(_ note: String, _ edit: @escaping Forge.Edit) -> VectorCase {
        refused("malformed", "archive: \(note)", .malformed, 16) { smithy in
            try await smithy.vector { $0.archive = edit }
        }
    }

    private static func files(
        _ note: String,
        _ edit: @escaping @Sendable ([ContentArchive.File]) -> [ContentArchive.File]
    ) -> VectorCase {
        refused("malformed", "archive: \(note)", .malformed, 16) { smithy in
            try await smithy.vector { $0.files = edit }
        }
    }

    private static func manifest(
        _ note: String,
        _ edit: @escaping @Sendable (inout JSONObject) -> Void
    ) -> VectorCase {
        refused("malformed", "manifest: \(note)", .malformed, 16) { smithy in
            try await smithy.vector { $0.manifest = edit }
        }
    }

    // MARK: Parts and chunks

    static let parts: [VectorCase] = [
        damaged("another hash of a part") { forge in
            forge.files = { $0.dropLast() + [$0[$0.count - 1].flipped] }
        },
        damaged("another length of a part") { forge in
            forge.manifest = { $0.editRow("parts", 0) { $0["byteLength"] = 1 } }
        },
        damaged("a missing part") { $0.files = { Array($0.dropLast()) } },
        damaged("an extra part") { forge in
            forge.files = { $0 + [ContentArchive.File(name: "extra", bytes: [1])] }
        },
        damaged("parts in another order") { forge in
            forge.attach(2, chunked: false)
            forge.files = { Array($0.dropLast(2)) + [$0[$0.count - 1], $0[$0.count - 2]] }
        },
        chunked("a chunk not delivered") { $0.delivered = { Array($0.dropFirst()) } },
        chunked("chunks reordered in the submission") { forge in
            forge.offer = { $0["chunks"] = .array(($0["chunks"]?.array ?? []).reversed()) }
        },
        chunked("chunks reordered in the manifest") { forge in
            let reverse: (inout JSONObject) -> Void = {
                $0["chunks"] = .array(($0["chunks"]?.array ?? []).reversed())
            }
            forge.manifest = reverse
            forge.offer = reverse
        },
        chunked("a chunk truncated") { forge in
            forge.delivered = { $0.dropLast() + [Array($0[$0.count - 1].dropLast())] }
        },
        chunked("a chunk doubled") { forge in
            let double: (inout JSONObject) -> Void = {
                let rows = $0["chunks"]?.array ?? []
                $0["chunks"] = .array(rows + rows.suffix(1))
            }
            forge.manifest = double
            forge.offer = double
        },
        chunked("a chunk left out everywhere") { forge in
            let drop: (inout JSONObject) -> Void = {
                $0["chunks"] = .array(Array(($0["chunks"]?.array ?? []).dropLast()))
            }
            forge.manifest = drop
            forge.offer = drop
        },
        chunked("a chunk of another message") { forge in
            // Listed rightly by its hash, but sealed under the key of another message.
            let foreign = Forge.chunk(
                [UInt8](repeating: 1, count: 100),
                [UInt8](repeating: 6, count: 32)
            )
            forge.delivered = { [foreign] + $0.dropFirst() }
            let replace: (inout JSONObject) -> Void = {
                $0.editRow("chunks", 0) { row in
                    row["sealedSha256"] = .string(SHA256.hash(foreign).hex)
                    row["sealedLength"] = .integer(Int64(foreign.count))
                }
            }
            forge.manifest = replace
            forge.offer = replace
        },
        chunked("a plaintext hash of another chunk") { forge in
            forge.manifest = {
                $0.editRow("chunks", 0) { $0["plaintextSha256"] = .string(SHA256.hash([]).hex) }
            }
        },
    ]

    private static func damaged(
        _ note: String,
        _ edit: @escaping @Sendable (inout Forge) -> Void
    ) -> VectorCase {
        refused("damagedPart", note, .damagedPart, 16) { try await $0.vector(edit) }
    }

    private static func chunked(
        _ note: String,
        _ edit: @escaping @Sendable (inout Forge) -> Void
    ) -> VectorCase {
        refused("damagedPart", note, .damagedPart, 16) { smithy in
            try await smithy.vector { forge in
                forge.attach(2, chunked: true)
                edit(&forge)
            }
        }
    }
}

extension [UInt8] {
    /// The archive with other octets in its first header, whose checksum is made good again.
    fileprivate func patchingHeader(at offset: Int, _ octets: [UInt8]) -> [UInt8] {
        var header = Array(prefix(512))
        header.replaceSubrange(offset..<offset + octets.count, with: octets)
        header.replaceSubrange(148..<156, with: [UInt8](repeating: 0x20, count: 8))
        let sum = String(header.reduce(0) { $0 + Int($1) }, radix: 8)
        let field = String(repeating: "0", count: 6 - sum.utf8.count) + sum + "\0 "
        header.replaceSubrange(148..<156, with: field.bytes)
        return header + dropFirst(512)
    }
}

extension ContentArchive.File {
    fileprivate var flipped: ContentArchive.File {
        ContentArchive.File(name: name, bytes: bytes.flipped(at: -1))
    }
}

extension JSONObject {
    /// Changes one element of a member that is an array of objects.
    fileprivate mutating func editRow(
        _ name: String,
        _ index: Int,
        _ edit: (inout JSONObject) -> Void
    ) {
        var rows = self[name]?.array ?? []
        guard rows.indices.contains(index), var row = rows[index].object else { return }
        edit(&row)
        rows[index] = .object(row)
        self[name] = .array(rows)
    }
}
