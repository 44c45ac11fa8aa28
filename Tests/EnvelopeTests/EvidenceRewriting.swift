import Directory
import Primitives

@testable import Cryptography
@testable import Envelope

/// Evidence files that no program of ours would write.
extension EvidenceFile {
    /// The file with other files, and a list that fits them.
    func rewritten(
        _ edit: (inout [ContentArchive.File]) throws -> Void
    ) throws -> [UInt8] {
        var files = Array(archive.files.dropFirst())
        try edit(&files)
        return list(naming: files, holding: files)
    }

    /// The file with one of its files changed, and a list that fits it.
    func changed(_ name: String, _ edit: (inout [UInt8]) throws -> Void) throws -> [UInt8] {
        try rewritten { files in
            for index in files.indices where files[index].name == name {
                var bytes = files[index].bytes
                try edit(&bytes)
                files[index] = ContentArchive.File(name: name, bytes: bytes)
            }
        }
    }

    /// The file with another one, in the place of its name.
    func adding(_ name: String, _ bytes: [UInt8]) throws -> [UInt8] {
        try rewritten { files in
            files.append(ContentArchive.File(name: name, bytes: bytes))
            files.sort { EvidenceName.order.precedes($0.name, $1.name) }
        }
    }

    /// The list names a file that is not there.
    func listed(without name: String) -> [UInt8] {
        let files = Array(archive.files.dropFirst())
        return list(naming: files, holding: files.filter { $0.name != name })
    }

    /// The list does not name a file that is there.
    func unlisted(_ name: String) -> [UInt8] {
        let files = Array(archive.files.dropFirst())
        return list(naming: files.filter { $0.name != name }, holding: files)
    }

    /// The same files below another list.
    func headed(by list: [UInt8]) -> [UInt8] {
        let first = ContentArchive.File(name: "evidence.json", bytes: list)
        return ContentArchive(files: [first] + archive.files.dropFirst()).encoded()
    }

    private func list(
        naming listed: [ContentArchive.File],
        holding files: [ContentArchive.File]
    ) -> [UInt8] {
        let json: JSON = [
            "version": 1, "messageId": .name(messageID), "to": .name(recipient),
            "files": .array(
                listed.map {
                    [
                        "name": .string($0.name), "byteLength": .count($0.bytes.count),
                        "sha256": .hash(SHA256.hash($0.bytes)),
                    ]
                }
            ),
        ]
        let first = ContentArchive.File(name: "evidence.json", bytes: json.canonicalBytes)
        return ContentArchive(files: [first] + files).encoded()
    }
}
