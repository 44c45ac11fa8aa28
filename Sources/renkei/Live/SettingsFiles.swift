import Configuration
import Primitives

/// Reads the configuration of a service: one file, and beside it `conf.d/*.toml` in name order.
enum SettingsFiles {
    static func standardPath(_ kind: ServiceKind) -> String { "/etc/renkei/\(kind.rawValue).toml" }

    /// - Throws: `FileError` or `ConfigurationError`.
    static func load(_ kind: ServiceKind, from path: String) throws -> Settings {
        var paths = [path]
        let folder = Files.folder(of: path) + "/conf.d"
        if Files.exists(folder) {
            for name in try Files.names(in: folder) where name.hasSuffix(".toml") {
                paths.append(folder + "/" + name)
            }
        }
        let files = try paths.map { path in
            (name: path, text: try Files.read(path, atMost: 1024 * 1024))
        }
        return try Settings(kind: kind, files: files)
    }
}
