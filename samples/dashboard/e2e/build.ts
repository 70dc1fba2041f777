import { spawnSync } from 'node:child_process';
import { PROJECT } from './localHost';

/** Builds the local host, which in its turn builds the dashboard when it starts. */
export default function build(): void {
  const { status, error, stdout, stderr } = spawnSync('dotnet', ['build', PROJECT, '--nologo', '--verbosity', 'quiet'], { encoding: 'utf8' });
  if (status !== 0) {
    throw new Error(`dotnet build failed. ${error?.message ?? `${stdout}${stderr}`}`);
  }
}
