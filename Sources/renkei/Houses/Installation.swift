import Pages
import Primitives
import Sheets

/// Where the files lie that the program brings with it.
enum Installation {
    /// The sheet catalogue of the `Schemas` folder that belongs to this program.
    static func catalogue() throws -> SheetCatalogue {
        let folder = try schemas()
        var files: [(path: String, bytes: [UInt8])] = []
        try collect(folder, "", into: &files)
        return try SheetCatalogue(files: files)
    }

    /// The words of the pages in English.
    static func english() throws -> English {
        let path = try schemas() + "/pages/english.json"
        return try English(reading: Files.read(path, atMost: Limits.contentBytes))
    }

    static func schemas() throws(FileError) -> String {
        try folder("schemas", "Schemas", holding: "types.json")
    }

    /// The sheets of the demonstration.
    static func demoData() throws(FileError) -> String {
        try folder("demo", "Deploy/demo-data", holding: "admission-info.json")
    }

    /// `../share/renkei/NAME` beside the program, `/usr/share/renkei/NAME`, or a folder of the
    /// source tree it was built in.
    private static func folder(
        _ name: String,
        _ source: String,
        holding file: String
    ) throws(FileError) -> String {
        var folder = Files.folder(of: executable)
        var places = [folder + "/../share/renkei/\(name)", "/usr/share/renkei/\(name)"]
        while folder.utf8.count > 1 {
            places.append(folder + "/" + source)
            folder = Files.folder(of: folder)
        }
        for place in places where Files.exists("\(place)/\(file)") { return place }
        throw .notFound("/usr/share/renkei/\(name)/\(file)")
    }

    /// The program itself.
    static var executable: String { ThisProcess.executable }

    private static func collect(
        _ root: String,
        _ inner: String,
        into files: inout [(path: String, bytes: [UInt8])]
    ) throws(FileError) {
        for name in try Files.names(in: root + inner.prefixedBySlash) {
            let path = inner.isEmpty ? name : inner + "/" + name
            if name.hasSuffix(".json") {
                let bytes = try Files.read(root + "/" + path, atMost: Limits.contentBytes)
                files.append((path, bytes))
            } else if !name.utf8.contains(UInt8(ascii: ".")), path != "json-schema",
                !path.hasSuffix("/examples")
            {
                try collect(root, path, into: &files)
            }
        }
    }
}

extension String {
    fileprivate var prefixedBySlash: String { isEmpty ? "" : "/" + self }
}
