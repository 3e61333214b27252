# Makes a slim Debian root file system and writes it as a tar stream to standard
# output; progress goes to standard error. Runs as root in a mount namespace of its
# own, so that whatever it mounts ends with it, also when it is killed.
#
#   $1  folder to make it in       $3  mirror, or empty for debootstrap's own default
#   $2  suite                      $4  folder with files to lay over it: before/, after/
set -eu
root=$1 suite=$2 mirror=$3 extra=$4

mkdir -p "$root"
# In memory it takes two thirds of the time.
available=$(awk '/^MemAvailable:/ {print $2}' /proc/meminfo)
if [ "${available:-0}" -gt 2500000 ]; then
	mount -t tmpfs -o size=1200m,mode=0755 takehome "$root" 2>/dev/null || :
fi

cp -R "$extra/before/." "$root/"
debootstrap --variant=minbase --include=ca-certificates "$suite" "$root" ${mirror:+"$mirror"} >&2 || {
	tail -n 20 "$root/debootstrap/debootstrap.log" >&2 2>/dev/null || :
	exit 1
}

# What the official slim image leaves out.
find "$root/usr/share/doc" -mindepth 1 ! -name copyright ! -type d -delete
find "$root/usr/share/doc" -mindepth 1 -type d -empty -delete
rm -rf "$root"/usr/share/man/* "$root"/usr/share/info/* "$root"/usr/share/groff/* \
	"$root"/usr/share/lintian/* "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/* "$root"/var/log/* \
	"$root"/etc/resolv.conf "$root"/etc/hostname
find "$root/usr/share/locale" -mindepth 1 -maxdepth 1 ! -name locale.alias -exec rm -rf {} +
cp -R "$extra/after/." "$root/"

exec tar --numeric-owner --one-file-system -C "$root" \
	--exclude='./dev/*' --exclude='./proc/*' --exclude='./sys/*' --exclude='./run/*' -cf - .
