import { spawnSync } from 'node:child_process';
import { PROJECT } from './localHost';

/** Builds the local host, which builds the dashboard at startup. */
export default function build(): void {
  const args = ['build', PROJECT, '--nologo', '--verbosity', 'quiet'];
  const { status, error, stdout, stderr } = spawnSync('dotnet', args, { encoding: 'utf8' });
  if (status !== 0) {
    throw new Error(`dotnet build failed. ${error?.message ?? `${stdout}${stderr}`}`);
  }
}
