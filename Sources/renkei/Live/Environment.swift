import Glibc

/// The variables of the process. Only the language, `NO_COLOR`, `HOME` and what systemd sets are
/// read; configuration never comes from here.
enum Environment {
    static func value(_ name: String) -> String? {
        guard let text = unsafe getenv(name) else { return nil }
        return unsafe String(cString: text)
    }
}
